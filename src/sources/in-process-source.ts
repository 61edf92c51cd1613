import type { EventSource, SourceSink, SourceSubscription } from '../contracts/event-source.js';
import { envelopeOfLegacyItem, topicOfEnvelope, type LegacyItem } from '../domain/legacy-item.js';
import { topicKey, type Topic } from '../domain/topic.js';
import { withoutSink, withSink, type TopicSinks } from './topic-sinks.js';

/** How the backend's own listeners are started and stopped. */
export interface InProcessSourceOptions {
  /**
   * Called when the first reader of a topic comes; what it returns is called when the last one leaves.
   * Left out where the backend's listeners run anyway. When it throws, the topic counts as detached.
   */
  readonly start?: (topic: Topic) => () => void;
  /** Told what `start` or the stop it returned threw. */
  readonly onError?: (error: unknown) => void;
}

interface OpenTopic {
  readonly topic: Topic;
  sinks: TopicSinks;
  attached: boolean;
  stop: (() => void) | undefined;
}

/**
 * The legacy source: the backend's own listeners push what they hear. A topic counts as attached from the
 * moment it is opened, unless the backend says otherwise with `detach` (its listener of that user was
 * stopped, say, because another user's was started).
 */
export class InProcessSource implements EventSource {
  readonly source = 'legacy';
  private readonly topics = new Map<string, OpenTopic>();

  constructor(private readonly options: InProcessSourceOptions = {}) {}

  open(topic: Topic, sink: SourceSink): SourceSubscription {
    const open = this.topics.get(topicKey(topic));
    if (open === undefined) this.openFirst(topic, sink);
    else {
      open.sinks = withSink(open.sinks, sink);
      if (open.attached) sink.attached();
      else sink.detached('legacy_detached', 0);
    }
    return {
      close: () => {
        this.leave(topicKey(topic), sink);
      },
    };
  }

  /**
   * Hands over what the legacy side heard for `uid`: a queue tuple or an envelope. Returns whether anybody
   * reads that topic here; an item that is neither is told to the user's readers as unreadable.
   */
  push(uid: string, item: LegacyItem): boolean {
    const envelope = envelopeOfLegacyItem(uid, item);
    if (envelope === undefined) {
      this.topics.get(uid)?.sinks.forEach((sink) => {
        sink.rejected('unreadable');
      });
      return false;
    }
    const open = this.topics.get(topicKey(topicOfEnvelope(envelope)));
    open?.sinks.forEach((sink) => {
      sink.event(envelope);
    });
    return open !== undefined;
  }

  /** Whether this process's legacy side hears what happens to a topic. */
  isAttached(topic: Topic): boolean {
    return this.topics.get(topicKey(topic))?.attached ?? false;
  }

  /** The legacy side hears this topic again. */
  attach(topic: Topic): void {
    const open = this.topics.get(topicKey(topic));
    if (open === undefined || open.attached) return;
    open.attached = true;
    open.sinks.forEach((sink) => {
      sink.attached();
    });
  }

  /** The legacy side no longer hears this topic: until `attach`, nothing is compared for it. */
  detach(topic: Topic): void {
    const open = this.topics.get(topicKey(topic));
    if (open?.attached !== true) return;
    open.attached = false;
    open.sinks.forEach((sink) => {
      sink.detached('legacy_detached', 0);
    });
  }

  private openFirst(topic: Topic, sink: SourceSink): void {
    const open: OpenTopic = { topic, sinks: [sink], attached: true, stop: undefined };
    this.topics.set(topicKey(topic), open);
    sink.attached();
    try {
      open.stop = this.options.start?.(topic);
    } catch (error) {
      this.options.onError?.(error);
      this.detach(topic);
    }
  }

  private leave(key: string, sink: SourceSink): void {
    const open = this.topics.get(key);
    if (open?.sinks.includes(sink) !== true) return;
    const left = withoutSink(open.sinks, sink);
    if (left !== undefined) {
      open.sinks = left;
      return;
    }
    this.topics.delete(key);
    try {
      open.stop?.();
    } catch (error) {
      this.options.onError?.(error);
    }
  }
}

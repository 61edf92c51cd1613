import type { EventSource, SourceSink, SourceSubscription } from '../contracts/event-source.js';
import { envelopeOfLegacyItem, topicOfEnvelope, type LegacyItem } from '../domain/legacy-item.js';
import { topicKey, type Topic } from '../domain/topic.js';
import { OpenTopic } from './open-topic.js';

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

/** One topic that is read, and whether the legacy side hears it. */
class LegacyTopic extends OpenTopic {
  attached = true;
  stop: (() => void) | undefined;

  constructor(
    readonly topic: Topic,
    first: SourceSink,
    private readonly keeper: { left(topic: LegacyTopic): void },
  ) {
    super(first);
  }

  protected leave(): void {
    this.keeper.left(this);
  }
}

/**
 * The legacy source: the backend's own listeners push what they hear. A topic counts as attached from the
 * moment it is opened, unless the backend says otherwise with `detach` (its listener of that user was
 * stopped, say, because another user's was started).
 */
export class InProcessSource implements EventSource {
  readonly source = 'legacy';
  private readonly topics = new Map<string, LegacyTopic>();

  constructor(private readonly options: InProcessSourceOptions = {}) {}

  open(topic: Topic, sink: SourceSink): SourceSubscription {
    const open = this.topics.get(topicKey(topic));
    if (open === undefined) return this.openFirst(topic, sink);
    const subscription = open.add(sink);
    if (open.attached) sink.attached();
    else sink.detached('legacy_detached', 0);
    return subscription;
  }

  /**
   * Hands over what the legacy side heard for `uid`: a queue tuple or an envelope. Returns whether anybody
   * reads that topic here; an item that is neither is told to the user's readers as unreadable. A chat message is
   * compared up to a window later (5 s): until then it must not be changed. A list may be changed a moment later.
   */
  push(uid: string, item: LegacyItem): boolean {
    const envelope = envelopeOfLegacyItem(uid, item);
    if (envelope === undefined) {
      this.topics.get(uid)?.tell((sink) => {
        sink.rejected('unreadable');
      });
      return false;
    }
    const open = this.topics.get(topicKey(topicOfEnvelope(envelope)));
    open?.tell((sink) => {
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
    open.tell((sink) => {
      sink.attached();
    });
  }

  /** The legacy side no longer hears this topic: until `attach`, nothing is compared for it. */
  detach(topic: Topic): void {
    const open = this.topics.get(topicKey(topic));
    if (open?.attached !== true) return;
    open.attached = false;
    open.tell((sink) => {
      sink.detached('legacy_detached', 0);
    });
  }

  /** Nobody reads a topic any more. */
  left(open: LegacyTopic): void {
    const key = topicKey(open.topic);
    if (this.topics.get(key) !== open) return;
    this.topics.delete(key);
    try {
      open.stop?.();
    } catch (error) {
      this.options.onError?.(error);
    }
  }

  private openFirst(topic: Topic, sink: SourceSink): SourceSubscription {
    const open = new LegacyTopic(topic, sink, this);
    this.topics.set(topicKey(topic), open);
    sink.attached();
    try {
      open.stop = this.options.start?.(topic);
    } catch (error) {
      this.options.onError?.(error);
      this.detach(topic);
    }
    return open;
  }
}

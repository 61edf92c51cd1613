import type { EventSource, SourceSink, SourceSubscription } from '../contracts/event-source.js';
import type { LegacyItem } from '../domain/legacy-item.js';
import { topicKey, type Topic } from '../domain/topic.js';
import { InProcessSource } from './in-process-source.js';

/** The part of an EventEmitter2 (as `@nestjs/event-emitter` provides it) that is used. */
export interface Emitter {
  on(event: string, listener: (item: LegacyItem) => void): unknown;
  off(event: string, listener: (item: LegacyItem) => void): unknown;
}

export interface EmitterSourceOptions {
  readonly emitter: Emitter;
  /** The event under which the backend emits a topic's items; default `user.{uid}` and `chat.{uid}:{space}:{thread}`. */
  readonly eventName?: (topic: Topic) => string;
}

/** The legacy source over an event emitter: listens to a topic's event only while somebody reads the topic. */
export class EmitterSource implements EventSource {
  readonly source = 'legacy';
  private readonly inner: InProcessSource;

  constructor({ emitter, eventName = defaultEventName }: EmitterSourceOptions) {
    this.inner = new InProcessSource({
      start: (topic) => {
        const name = eventName(topic);
        const listener = (item: LegacyItem): void => {
          this.inner.push(topic.uid, item);
        };
        emitter.on(name, listener);
        return () => {
          emitter.off(name, listener);
        };
      },
    });
  }

  open(topic: Topic, sink: SourceSink): SourceSubscription {
    return this.inner.open(topic, sink);
  }
}

function defaultEventName(topic: Topic): string {
  return `${topic.chat === undefined ? 'user' : 'chat'}.${topicKey(topic)}`;
}

import type { EventSource, SourceSink, SourceSubscription } from '../../src/contracts/event-source.js';
import type { Source } from '../../src/domain/source.js';
import { topicKey, type Topic } from '../../src/domain/topic.js';
import type { GapCause } from '../../src/domain/gap.js';
import { envelopeOf } from './envelopes.js';

/** A source that says what the test tells it to say, when the test tells it. */
export class FakeSource implements EventSource {
  readonly opened: string[] = [];
  private readonly sinks = new Map<string, SourceSink>();

  constructor(
    readonly source: Source,
    /** whether a topic is attached as soon as it is opened */
    private readonly attachesAtOnce = false,
  ) {}

  open(topic: Topic, sink: SourceSink): SourceSubscription {
    const key = topicKey(topic);
    this.opened.push(key);
    this.sinks.set(key, sink);
    if (this.attachesAtOnce) sink.attached();
    return { close: () => this.sinks.delete(key) };
  }

  get openKeys(): string[] {
    return [...this.sinks.keys()];
  }

  attach(key: string): void {
    this.sinks.get(key)?.attached();
  }

  detach(key: string, cause: GapCause = 'link', agoMs = 0): void {
    this.sinks.get(key)?.detached(cause, agoMs);
  }

  say(uid: string, type: string, payload: object = {}, key = uid): void {
    this.sinks.get(key)?.event(envelopeOf(uid, type, payload));
  }

  /** As a real source does it: unparsed where that is wanted. */
  sayBytes(uid: string, type: string, payload: object = {}): void {
    const sink = this.sinks.get(uid);
    const envelope = envelopeOf(uid, type, payload);
    const bytes = new TextEncoder().encode(JSON.stringify(envelope));
    if (sink?.wants === 'bytes') sink.bytes(type, bytes);
    else sink?.event(envelope, bytes);
  }
}

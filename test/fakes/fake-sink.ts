import type { SourceSink } from '../../src/contracts/event-source.js';
import type { Envelope } from '../../src/domain/user-event.js';

/** Writes down what a source says. */
export class FakeSink implements SourceSink {
  readonly said: string[] = [];
  readonly envelopes: Envelope[] = [];
  /** how long ago each gap had begun when it was told, milliseconds */
  readonly gapsAgoMs: number[] = [];

  constructor(readonly wants: 'events' | 'bytes' = 'events') {}

  get types(): string[] {
    return this.envelopes.map(({ type }) => type);
  }

  attached(): void {
    this.said.push('attached');
  }

  detached(cause: string, agoMs: number): void {
    this.said.push(`detached ${cause}`);
    this.gapsAgoMs.push(agoMs);
  }

  event(envelope: Envelope): void {
    this.said.push(`event ${envelope.type}`);
    this.envelopes.push(envelope);
  }

  bytes(type: string): void {
    this.said.push(`bytes ${type}`);
  }

  rejected(why: string): void {
    this.said.push(`rejected ${why}`);
  }
}

import type { SourceSink } from '../contracts/event-source.js';
import type { Rejection } from '../domain/envelope.js';
import type { GapCause } from '../domain/gap.js';
import type { Envelope } from '../domain/user-event.js';

/** What is known of the presence that a topic's messages depend on. */
export interface Gate {
  /** since when the publisher may be silent, of `Clock.elapsedMs()`; undefined while it speaks */
  readonly silentSinceMs: number | undefined;
  /** whether the next message is news to the gate */
  readonly listens: boolean;
  elapsedMs(): number;
  /** The publisher has said something of the topic. */
  heard(): void;
  /** Its source may have missed something. */
  broke(): void;
}

/** One reader of a topic: attached only while the source is, and the publisher speaks. */
export class GatedSink implements SourceSink {
  /** whether its source is attached */
  isLinked = false;
  private told: 'nothing' | 'attached' | 'detached' = 'nothing';

  constructor(
    private readonly sink: SourceSink,
    private readonly gate: Gate,
  ) {}

  get wants(): 'events' | 'bytes' {
    return this.sink.wants;
  }

  attached(): void {
    this.isLinked = true;
    this.gateChanged();
  }

  detached(cause: GapCause, agoMs: number): void {
    this.isLinked = false;
    this.gate.broke();
    this.detach(cause, agoMs);
  }

  event(envelope: Envelope, bytes?: Uint8Array): void {
    if (this.gate.listens) this.gate.heard();
    this.sink.event(envelope, bytes);
  }

  bytes(type: string, bytes: Uint8Array): void {
    if (this.gate.listens) this.gate.heard();
    this.sink.bytes(type, bytes);
  }

  rejected(why: Rejection): void {
    this.sink.rejected(why);
  }

  /** To be called when the publisher falls silent, or speaks again. */
  gateChanged(): void {
    if (!this.isLinked) return;
    const { silentSinceMs } = this.gate;
    if (silentSinceMs !== undefined) this.detach('presence', this.gate.elapsedMs() - silentSinceMs);
    else if (this.told !== 'attached') {
      this.told = 'attached';
      this.sink.attached();
    }
  }

  private detach(cause: GapCause, agoMs: number): void {
    if (this.told === 'detached') return;
    this.told = 'detached';
    this.sink.detached(cause, agoMs);
  }
}

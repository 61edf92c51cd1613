import type { EventSource, SourceSink, SourceSubscription } from '../contracts/event-source.js';
import type { Rejection } from '../domain/envelope.js';
import type { GapCause, GapStart } from '../domain/gap.js';
import type { Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { Envelope } from '../domain/user-event.js';

/** Who owns the legs of a stream and is told what each says. */
export interface LegOwner {
  readonly wants: 'events' | 'bytes';
  elapsedMs(): number;
  legAttached(leg: SourceLeg, gap: GapStart | undefined): void;
  legDetached(leg: SourceLeg, gap: GapStart): void;
  legEvent(leg: SourceLeg, envelope: Envelope, bytes: Uint8Array | undefined): void;
  legBytes(leg: SourceLeg, type: string, bytes: Uint8Array): void;
  legRejected(leg: SourceLeg, why: Rejection): void;
}

/**
 * One source of one stream, while it is open: `opening` until the source first speaks of it, then `attached`,
 * or `detached` with the gap that is still open. It is attached while its source says so and nobody doubts it.
 */
export class SourceLeg implements SourceSink {
  state: 'opening' | 'attached' | 'detached' = 'opening';
  private isLinked = false;
  private gap: GapStart | undefined;
  /** the beginning of its present or last attachment */
  attachedAtMs: number | undefined;
  /** when it said its first list */
  listAtMs: number | undefined;
  private readonly subscription: SourceSubscription;
  private closed = false;

  /** `doubts`: those about the source as a whole that stand when it is opened */
  constructor(
    private readonly from: EventSource,
    topic: Topic,
    private readonly owner: LegOwner,
    private doubts: readonly GapStart[],
  ) {
    this.subscription = from.open(topic, this);
  }

  get source(): Source {
    return this.from.source;
  }

  get wants(): 'events' | 'bytes' {
    return this.owner.wants;
  }

  attached(): void {
    this.isLinked = true;
    this.judge();
  }

  detached(cause: GapCause, agoMs: number): void {
    this.isLinked = false;
    this.breakOff(cause, this.owner.elapsedMs() - agoMs);
  }

  /** The doubts about the source as a whole that stand from now on. */
  heed(doubts: readonly GapStart[]): void {
    if (this.doubts === doubts) return;
    this.doubts = doubts;
    this.judge();
  }

  event(envelope: Envelope, bytes?: Uint8Array): void {
    if (!this.closed) this.owner.legEvent(this, envelope, bytes);
  }

  bytes(type: string, bytes: Uint8Array): void {
    if (!this.closed) this.owner.legBytes(this, type, bytes);
  }

  rejected(why: Rejection): void {
    if (!this.closed) this.owner.legRejected(this, why);
  }

  close(): void {
    this.closed = true;
    this.subscription.close();
  }

  private judge(): void {
    const [doubt] = this.doubts;
    if (!this.isLinked) return;
    if (doubt === undefined) this.mend();
    else this.breakOff(doubt.cause, doubt.sinceMs);
  }

  private mend(): void {
    if (this.closed || this.state === 'attached') return;
    const { gap } = this;
    this.state = 'attached';
    this.gap = undefined;
    this.attachedAtMs = this.owner.elapsedMs();
    this.owner.legAttached(this, gap);
  }

  private breakOff(cause: GapCause, sinceMs: number): void {
    if (this.closed || this.state === 'detached') return;
    this.state = 'detached';
    // Before it was attached it had nothing to miss.
    this.gap = { cause, sinceMs: Math.max(sinceMs, this.attachedAtMs ?? this.owner.elapsedMs()) };
    this.owner.legDetached(this, this.gap);
  }
}

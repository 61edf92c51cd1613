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
  /** What the leg says may be held against the other one. Comes again after each `legBroken`. */
  legWhole(leg: SourceLeg): void;
  /** As `legDetached`, but never for a doubt about the publisher: what that does not say is what a comparison is to find. */
  legBroken(leg: SourceLeg, gap: GapStart): void;
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
  private whole: boolean | undefined;
  private wholeAtMs: number | undefined;
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

  /** Whether it may be compared now. */
  get isWhole(): boolean {
    return this.whole === true;
  }

  attached(): void {
    this.isLinked = true;
    this.judge();
  }

  detached(cause: GapCause, agoMs: number): void {
    this.isLinked = false;
    const sinceMs = this.owner.elapsedMs() - agoMs;
    this.setWhole({ cause, sinceMs });
    this.breakOff({ cause, sinceMs });
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
    if (!this.isLinked) return;
    const [first] = this.doubts;
    this.setWhole(this.doubts.find(({ cause }) => cause !== 'publisher'));
    if (first === undefined) this.mend();
    else this.breakOff(first);
  }

  private setWhole(gap: GapStart | undefined): void {
    const whole = gap === undefined;
    if (this.closed || this.whole === whole) return;
    this.whole = whole;
    if (gap === undefined) {
      this.wholeAtMs = this.owner.elapsedMs();
      this.owner.legWhole(this);
    } else this.owner.legBroken(this, this.gapFrom(gap, this.wholeAtMs));
  }

  private mend(): void {
    if (this.closed || this.state === 'attached') return;
    const { gap } = this;
    this.state = 'attached';
    this.gap = undefined;
    this.attachedAtMs = this.owner.elapsedMs();
    this.owner.legAttached(this, gap);
  }

  private breakOff(gap: GapStart): void {
    if (this.closed || this.state === 'detached') return;
    this.state = 'detached';
    this.gap = this.gapFrom(gap, this.attachedAtMs);
    this.owner.legDetached(this, this.gap);
  }

  /** Before it was attached it had nothing to miss. */
  private gapFrom({ cause, sinceMs }: GapStart, attachedAtMs = this.owner.elapsedMs()): GapStart {
    return { cause, sinceMs: Math.max(sinceMs, attachedAtMs) };
  }
}

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
 * One source of one stream, while it is open: `opening` until the source first speaks of it, then
 * `attached`, or `detached` with the gap that is still open.
 */
export class SourceLeg implements SourceSink {
  state: 'opening' | 'attached' | 'detached' = 'opening';
  /** the beginning of its present or last attachment */
  attachedAtMs: number | undefined;
  /** when it said its first list */
  listAtMs: number | undefined;
  private gap: GapStart | undefined;
  private readonly subscription: SourceSubscription;
  private closed = false;

  constructor(
    private readonly from: EventSource,
    topic: Topic,
    private readonly owner: LegOwner,
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
    if (this.closed || this.state === 'attached') return;
    const { gap } = this;
    this.state = 'attached';
    this.gap = undefined;
    this.attachedAtMs = this.owner.elapsedMs();
    this.owner.legAttached(this, gap);
  }

  detached(cause: GapCause, agoMs: number): void {
    if (this.closed || this.state === 'detached') return;
    const nowMs = this.owner.elapsedMs();
    this.state = 'detached';
    // Before it was attached it had nothing to miss.
    this.gap = { cause, sinceMs: Math.max(nowMs - agoMs, this.attachedAtMs ?? nowMs) };
    this.owner.legDetached(this, this.gap);
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
}

import type { EventSource, SourceSink, SourceSubscription } from '../contracts/event-source.js';
import type { Rejection } from '../domain/envelope.js';
import type { GapCause, GapStart } from '../domain/gap.js';
import type { Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { Envelope } from '../domain/user-event.js';
import type { ByteConsumer } from './consumer.js';
import { NO_DOUBTS } from './redis-doubts.js';
import type { RoutingDesk } from './routing-desk.js';

/** Who owns the legs of a stream and is told what each says. */
export interface LegOwner {
  elapsedMs(): number;
  /** The source has acknowledged the topic; now its publisher may be told of the user. */
  legAcknowledged(leg: SourceLeg): void;
  legAttached(leg: SourceLeg): void;
  legDetached(leg: SourceLeg, gap: GapStart): void;
  /** A gap of the leg is over, because it is attached again or closed. */
  gapEnded(leg: SourceLeg, gap: GapStart): void;
  /** What the leg says may be held against the other one. Comes again after each `legBroken`. */
  legWhole(leg: SourceLeg): void;
  /** As `legDetached`, but never for a doubt about the publisher: what that does not say is what a comparison is to find. */
  legBroken(leg: SourceLeg, gap: GapStart): void;
  legEvent(leg: SourceLeg, envelope: Envelope, bytes: Uint8Array | undefined): void;
  legBytes(leg: SourceLeg, type: string, bytes: Uint8Array): void;
  legRejected(leg: SourceLeg, why: Rejection): void;
}

/** Why a leg is not attached; what a well one does not carry around. */
interface Trouble {
  /** since when it has not been attached: opened, or broken */
  readonly sinceMs: number;
  /** undefined before it was ever attached */
  gap: GapStart | undefined;
}

/**
 * One source of one stream, while it is open: `opening` until its source has acknowledged it and the user's
 * presence is held, then `attached`, or `detached` with a gap that is still open. It is attached while its source
 * says so and nobody doubts it.
 */
export class SourceLeg implements SourceSink {
  state: 'opening' | 'attached' | 'detached' | 'closed' = 'opening';
  /** the beginning of its present or last attachment */
  attachedAtMs: number | undefined;
  /** the beginning of its first attachment since its publisher was told of the user */
  heardSinceMs: number | undefined;
  /** when it said its first list */
  listAtMs: number | undefined;
  wants: 'events' | 'bytes' = 'events';
  /** who gets what nobody has to look at; undefined while the owner must see each message */
  straightTo: ByteConsumer | undefined;
  /** whether its source has acknowledged it */
  isLinked = false;
  /** since when it may be compared; undefined while it may not */
  private wholeSinceMs: number | undefined;
  private trouble: Trouble | undefined;
  private subscription: SourceSubscription | undefined;

  /** whether its publisher knows of the user, or has none that needs to */
  private isPresent: boolean;

  constructor(
    readonly source: Source,
    private readonly desk: RoutingDesk,
    private readonly owner: LegOwner,
  ) {
    this.isPresent = source === 'legacy';
    this.trouble = troubleSince(this.nowMs);
  }

  /** Called once, and after its owner knows it: the source may speak, and whoever is told do anything, before it returns. */
  open(from: EventSource, topic: Topic): void {
    const subscription = from.open(topic, this);
    if (this.isClosed()) subscription.close();
    else this.subscription = subscription;
  }

  /** Whether it may be compared now. */
  get isWhole(): boolean {
    return this.wholeSinceMs !== undefined;
  }

  /** Whether a gap came before its present or last attachment. */
  get hadGap(): boolean {
    return this.attachedAtMs !== this.heardSinceMs;
  }

  /** Since when it has not been attached; undefined while it is. */
  get awaySinceMs(): number | undefined {
    return this.trouble?.sinceMs;
  }

  attached(): void {
    this.isLinked = true;
    if (this.state !== 'closed') this.owner.legAcknowledged(this);
    this.judge();
  }

  /** Its publisher is told that the user is present. */
  present(): void {
    this.isPresent = true;
    this.judge();
  }

  /** Its publisher was told that the user is gone: it is silent from now on, which is no gap. */
  absent(): void {
    if (!this.isPresent || this.state === 'closed') return;
    this.isPresent = false;
    this.heardSinceMs = undefined;
    if (this.state !== 'attached') return;
    this.state = 'opening';
    this.wholeSinceMs = undefined;
    this.trouble = troubleSince(this.nowMs);
  }

  detached(cause: GapCause, agoMs: number): void {
    this.isLinked = false;
    const gap = { cause, sinceMs: this.owner.elapsedMs() - agoMs };
    this.setWhole(gap);
    this.breakOff(gap);
  }

  /** It said a list, at this time. */
  noteList(atMs: number): void {
    this.listAtMs ??= Math.ceil(atMs);
  }

  /** Takes up what is doubted about the source as a whole now. */
  heedDoubts(): void {
    this.judge();
  }

  event(envelope: Envelope, bytes?: Uint8Array): void {
    if (this.state !== 'closed') this.owner.legEvent(this, envelope, bytes);
  }

  bytes(type: string, bytes: Uint8Array): void {
    const { straightTo, source } = this;
    if (straightTo !== undefined && this.desk.straightWay.pass(straightTo, source, type, bytes)) return;
    if (this.state !== 'closed') this.owner.legBytes(this, type, bytes);
  }

  rejected(why: Rejection): void {
    if (this.state !== 'closed') this.owner.legRejected(this, why);
  }

  close(): void {
    const gap = this.trouble?.gap;
    this.state = 'closed';
    this.trouble = this.straightTo = undefined;
    this.subscription?.close();
    if (gap !== undefined) this.owner.gapEnded(this, gap);
  }

  private isClosed(): boolean {
    return this.state === 'closed';
  }

  /**
   * Whole milliseconds, which take no room of their own; rounded up, so that nothing is waited for any shorter.
   */
  private get nowMs(): number {
    return Math.ceil(this.owner.elapsedMs());
  }

  private judge(): void {
    if (!this.isLinked) return;
    const doubts = this.source === 'redis' ? this.desk.doubts.standing : NO_DOUBTS;
    const [gap] = doubts;
    if (this.isPresent) this.setWhole(doubts.find(({ cause }) => cause !== 'publisher'));
    if (gap !== undefined) this.breakOff(gap);
    else if (this.isPresent) this.mend();
  }

  private setWhole(gap: GapStart | undefined): void {
    if (this.state === 'closed' || this.isWhole === (gap === undefined)) return;
    const sinceMs = this.wholeSinceMs;
    this.wholeSinceMs = gap === undefined ? this.nowMs : undefined;
    if (gap === undefined) this.owner.legWhole(this);
    else this.owner.legBroken(this, this.gapFrom(gap, sinceMs));
  }

  private mend(): void {
    if (this.state === 'closed' || this.state === 'attached') return;
    const gap = this.trouble?.gap;
    this.state = 'attached';
    this.trouble = undefined;
    this.attachedAtMs = this.nowMs;
    this.heardSinceMs ??= this.attachedAtMs;
    if (gap !== undefined) this.owner.gapEnded(this, gap);
    this.owner.legAttached(this);
  }

  private breakOff(from: GapStart): void {
    if (this.state === 'closed' || this.state === 'detached') return;
    const gap = this.gapFrom(from, this.attachedAtMs);
    this.state = 'detached';
    this.trouble ??= troubleSince(gap.sinceMs, gap);
    this.trouble.gap = gap;
    this.owner.legDetached(this, gap);
  }

  /** Before it was opened it had nothing to miss. */
  private gapFrom({ cause, sinceMs }: GapStart, attachedAtMs = this.trouble?.sinceMs ?? sinceMs): GapStart {
    return { cause, sinceMs: Math.max(sinceMs, attachedAtMs) };
  }
}

function troubleSince(sinceMs: number, gap?: GapStart): Trouble {
  return { sinceMs, gap };
}

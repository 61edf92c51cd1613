import type { GapStart } from '../domain/gap.js';
import { SOURCES, type Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { Warmth } from './handover.js';
import { HeldPresence } from './held-presence.js';
import { NO_DOUBTS } from './redis-doubts.js';
import type { RoutingDesk } from './routing-desk.js';
import { SourceLeg, type LegOwner } from './source-leg.js';

/** The legs of one stream: those that are open, and the presence without which Redis is silent. */
export class SourceLegs {
  private legacy: SourceLeg | undefined;
  private redis: SourceLeg | undefined;
  private presence: HeldPresence | undefined;

  constructor(
    private readonly topic: Topic,
    private readonly desk: RoutingDesk,
    private readonly owner: LegOwner,
  ) {}

  of(source: Source): SourceLeg | undefined {
    return this[source];
  }

  get hasBoth(): boolean {
    return this.legacy !== undefined && this.redis !== undefined;
  }

  /** Whether a source is attached: whatever it carries is heard. */
  isWell(source: Source): boolean {
    return this[source]?.state === 'attached';
  }

  /** Whether what a source carries has been heard for less than a window. */
  isYoung(source: Source, nowMs: number): boolean {
    return nowMs - (this[source]?.attachedAtMs ?? -Infinity) < this.desk.settings.handoverWindowMs;
  }

  /** Since when nothing more has changed in who is heard, milliseconds of `Clock.elapsedMs()`. */
  get sameSinceMs(): number {
    return Math.max(this.legacy?.attachedAtMs ?? -Infinity, this.redis?.attachedAtMs ?? -Infinity);
  }

  /** What decides when a source may take over. */
  warmth(source: Source): Warmth {
    const { attachedAtMs, listAtMs } = this[source] ?? { attachedAtMs: undefined, listAtMs: undefined };
    return { attachedAtMs, listAtMs, hasLists: this.topic.chat === undefined };
  }

  /** Opens a source that is registered and not yet open. */
  open(source: Source): void {
    const from = this.desk.parts[source];
    if (from === undefined || this[source] !== undefined) return;
    const doubts = source === 'redis' ? this.desk.doubts.standing : NO_DOUBTS;
    this[source] = new SourceLeg(from, this.topic, this.owner, doubts, source === 'legacy');
  }

  /** Takes up what is doubted about Redis as a whole now. */
  heedDoubts(): void {
    this.redis?.heed(this.desk.doubts.standing);
  }

  close(source: Source): void {
    this[source]?.close();
    this[source] = undefined;
  }

  closeAll(): void {
    this.keepPresence(false);
    for (const source of SOURCES) this.close(source);
  }

  /** Presence follows the acknowledgement, and is held over a broken link: closing it would silence the user elsewhere. */
  keepPresence(isNeeded: boolean): void {
    if (this.redis === undefined || !isNeeded) {
      this.presence?.release();
      this.presence = undefined;
      this.redis?.absent();
    } else if (this.presence === undefined && this.redis.isLinked) this.holdPresence(this.redis);
  }

  /** Whether presence is held and the publisher does not have it yet. */
  get awaitsPresence(): boolean {
    return this.desk.hearsPresence && this.presence?.isOpen === false;
  }

  presenceOpened(nowMs: number): void {
    const { presence, redis } = this;
    if (presence === undefined) return;
    redis?.silentUntil(presence.opened(nowMs));
    redis?.isSilent(nowMs);
    redis?.present();
  }

  /** `isOwn`: the presence of this very topic, and not another one of its user. */
  presenceLost(gap: GapStart, isOwn: boolean, nowMs: number): void {
    if (this.presence !== undefined) this.redis?.silent(gap, this.presence.lost(isOwn, nowMs));
  }

  /** Begins and ends silences whose time has come; returns whether more is to come. */
  tick(nowMs: number): boolean {
    const { presence, redis } = this;
    const refusedMs = nowMs - this.desk.settings.firstListTimeoutMs;
    if (presence !== undefined && this.awaitsPresence && presence.heldAtMs <= refusedMs)
      redis?.silent({ cause: 'presence', sinceMs: presence.heldAtMs }, Infinity);
    return redis?.isSilent(nowMs) === true || this.awaitsPresence;
  }

  private holdPresence(redis: SourceLeg): void {
    try {
      this.presence = new HeldPresence(this.desk.parts.presence, this.topic, this.owner.elapsedMs());
    } catch (error) {
      this.desk.parts.recorder.failed('presence', error);
      return;
    }
    if (!this.desk.hearsPresence) redis.present();
  }
}

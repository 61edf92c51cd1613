import type { PresenceHold } from '../contracts/presence.js';
import { otherSource, SOURCES, type Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { ByteConsumer } from './consumer.js';
import { OPENING_MS, type Warmth } from './handover.js';
import { holdPresence } from './held-presence.js';
import type { RoutingDesk } from './routing-desk.js';
import { SourceLeg, type LegOwner } from './source-leg.js';

/** The legs of one stream: those that are open, and the presence without which Redis is silent. */
export class SourceLegs {
  private legacy: SourceLeg | undefined;
  private redis: SourceLeg | undefined;
  private hold: PresenceHold | undefined;

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

  /** Whether what a source carries has been heard for less than a window, `moreMs` left out. */
  isYoung(source: Source, nowMs: number, moreMs = 0): boolean {
    const ageMs = nowMs - (this[source]?.attachedAtMs ?? -Infinity);
    return ageMs < this.desk.settings.handoverWindowMs + moreMs;
  }

  /**
   * Whether a source may be bringing now what the other one missed until a moment ago: in a gap in which this one was
   * heard, or, being Redis, while its publisher did not know of the user yet.
   */
  missedByOther(source: Source, nowMs: number): boolean {
    const leg = this[source];
    const other = this[otherSource(source)];
    if (leg === undefined || other?.attachedAtMs === undefined) return false;
    if (other.hadGap) return isBy(leg.heardSinceMs, other.attachedAtMs) && this.isYoung(other.source, nowMs);
    if (other.source === 'legacy' || !this.isYoung('redis', nowMs, OPENING_MS)) return false;
    return isBy(leg.heardSinceMs, other.attachedAtMs + OPENING_MS);
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
    this[source] = new SourceLeg(from, this.topic, this.desk, this.owner);
  }

  /** What the readers want from now on; `straightTo`: who gets what the serving source says, unless it must be looked at. */
  want(wants: 'events' | 'bytes', serving: Source | undefined, straightTo: ByteConsumer | undefined): void {
    for (const source of SOURCES) {
      const leg = this[source];
      if (leg === undefined) continue;
      leg.wants = wants;
      leg.straightTo = source === serving ? straightTo : undefined;
    }
  }

  /** Takes up what is doubted about Redis as a whole now. */
  heedDoubts(): void {
    this.redis?.heedDoubts();
  }

  close(source: Source): void {
    this[source]?.close();
    this[source] = undefined;
  }

  /** Whoever leaves may come again in a moment: presence lingers. */
  closeAll(): void {
    this.hold?.release('at_leisure');
    this.hold = undefined;
    for (const source of SOURCES) this.close(source);
  }

  /**
   * Presence follows the acknowledgement, and is held over a broken link: closing it would silence the user
   * elsewhere. A chat's presence hides messages from legacy, and is therefore not let linger.
   */
  keepPresence(isNeeded: boolean): void {
    const { redis } = this;
    if (redis === undefined || !isNeeded) {
      this.hold?.release(this.topic.chat === undefined ? 'at_leisure' : 'at_once');
      this.hold = undefined;
      redis?.absent();
    } else if (this.hold === undefined && redis.isLinked) {
      const { presence, recorder } = this.desk.parts;
      this.hold = holdPresence(presence, this.topic, recorder);
      // A presence that cannot be held is no reason to hear nothing: somebody else may hold it.
      redis.present();
    }
  }
}

function isBy(atMs: number | undefined, dueMs: number): boolean {
  return atMs !== undefined && atMs <= dueMs;
}

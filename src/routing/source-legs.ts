import type { PresenceHold } from '../contracts/presence.js';
import { otherSource, SOURCES, type Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { ByteConsumer } from './consumer.js';
import { OPENING_MS, type Warmth } from './handover.js';
import { holdPresence } from './held-presence.js';
import type { RoutingDesk } from './routing-desk.js';
import { SourceLeg, type LegOwner } from './source-leg.js';

/**
 * What a stream keeps of its sources: the legs that are open, and the presence without which Redis is silent. It is
 * part of the stream, as an object of its own would cost each user.
 */
export interface Legs extends LegOwner {
  readonly topic: Topic;
  readonly desk: RoutingDesk;
  legacy: SourceLeg | undefined;
  redis: SourceLeg | undefined;
  hold: PresenceHold | undefined;
}

export function haveBoth({ legacy, redis }: Legs): boolean {
  return legacy !== undefined && redis !== undefined;
}

/** Whether a source is attached: whatever it carries is heard. */
export function isWell(legs: Legs, source: Source): boolean {
  return legs[source]?.state === 'attached';
}

/** Whether what a source carries has been heard for less than a window, `moreMs` left out. */
export function isYoung(legs: Legs, source: Source, nowMs: number, moreMs = 0): boolean {
  const ageMs = nowMs - (legs[source]?.attachedAtMs ?? -Infinity);
  return ageMs < legs.desk.settings.handoverWindowMs + moreMs;
}

/**
 * Whether a source may be bringing now what the other one missed until a moment ago: in a gap in which this one was
 * heard, or, being Redis, while its publisher did not know of the user yet.
 */
export function missedByOther(legs: Legs, source: Source, nowMs: number): boolean {
  const leg = legs[source];
  const other = legs[otherSource(source)];
  if (leg === undefined || other?.attachedAtMs === undefined) return false;
  if (other.hadGap) return isBy(leg.heardSinceMs, other.attachedAtMs) && isYoung(legs, other.source, nowMs);
  if (other.source === 'legacy' || !isYoung(legs, 'redis', nowMs, OPENING_MS)) return false;
  return isBy(leg.heardSinceMs, other.attachedAtMs + OPENING_MS);
}

/** Since when nothing more has changed in who is heard, milliseconds of `Clock.elapsedMs()`. */
export function sameSinceMs({ legacy, redis }: Legs): number {
  return Math.max(legacy?.attachedAtMs ?? -Infinity, redis?.attachedAtMs ?? -Infinity);
}

/** What decides when a source may take over. */
export function warmth(legs: Legs, source: Source): Warmth {
  const { attachedAtMs, listAtMs } = legs[source] ?? { attachedAtMs: undefined, listAtMs: undefined };
  return { attachedAtMs, listAtMs, hasLists: legs.topic.chat === undefined };
}

/** Opens a source that is registered and not yet open. */
export function openLeg(legs: Legs, source: Source): void {
  const from = legs.desk.parts[source];
  if (from === undefined || legs[source] !== undefined) return;
  const leg = new SourceLeg(source, legs.desk, legs);
  legs[source] = leg;
  leg.open(from, legs.topic);
}

/** What the readers want from now on; `straightTo`: who gets what the serving source says, unless it must be looked at. */
export function ask(
  legs: Legs,
  wants: 'events' | 'bytes',
  serving: Source | undefined,
  straightTo: ByteConsumer | undefined,
): void {
  for (const source of SOURCES) {
    const leg = legs[source];
    if (leg === undefined) continue;
    leg.wants = wants;
    leg.straightTo = source === serving ? straightTo : undefined;
  }
}

export function closeLeg(legs: Legs, source: Source): void {
  legs[source]?.close();
  legs[source] = undefined;
}

/** Whoever leaves may come again in a moment: presence lingers. */
export function closeLegs(legs: Legs): void {
  legs.hold?.release('at_leisure');
  legs.hold = undefined;
  for (const source of SOURCES) closeLeg(legs, source);
}

/**
 * Presence follows the acknowledgement, and is held over a broken link: closing it would silence the user
 * elsewhere. A chat's presence hides messages from legacy, and is therefore not let linger.
 */
export function keepPresence(legs: Legs, isNeeded: boolean): void {
  const { redis, topic } = legs;
  if (redis === undefined || !isNeeded) {
    legs.hold?.release(topic.chat === undefined ? 'at_leisure' : 'at_once');
    legs.hold = undefined;
    redis?.absent();
  } else if (legs.hold === undefined && redis.isLinked) {
    const { presence, recorder } = legs.desk.parts;
    legs.hold = holdPresence(presence, topic, recorder);
    // A presence that cannot be held is no reason to hear nothing: somebody else may hold it.
    redis.present();
  }
}

function isBy(atMs: number | undefined, dueMs: number): boolean {
  return atMs !== undefined && atMs <= dueMs;
}

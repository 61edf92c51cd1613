import { listStampMicros } from '../domain/list.js';
import type { Source } from '../domain/source.js';
import type { UserEvent } from '../domain/user-event.js';
import { deliver, deliverBytes, type Readers } from './readers.js';
import type { RoutingDesk } from './routing-desk.js';
import { StreamMerge, type Role } from './stream-merge.js';

/**
 * Where one topic's two sources become what its readers get: each event once, no list twice and none back. Part of
 * the stream, as an object of its own would cost each user.
 */
export interface Outlet {
  readonly desk: RoutingDesk;
  readers: Readers;
  merge: StreamMerge | undefined;
  readonly serving: Source | undefined;
  /** a handover is underway or its window open, or legacy stands in for Redis */
  readonly isMoving: boolean;
  /** the window after a handover is open */
  readonly isMerging: boolean;
  /** Whether a source that does not serve brings now what the one that serves does not. */
  fillsIn(source: Source): boolean;
  /** Whether no other source is open, and none was until a moment ago. */
  isAlone(source: Source): boolean;
}

/** Delivers of an event what the readers shall get now. */
export function pass(outlet: Outlet, event: UserEvent, bytes?: Uint8Array): void {
  const { source, type } = event;
  const { desk } = outlet;
  const serves = source === outlet.serving;
  if (desk.mergedAs.has(type)) {
    const due = merged(outlet, event, { serves, fillsIn: !serves && outlet.fillsIn(source) });
    if (due !== undefined) deliver(outlet, due, due === event ? bytes : undefined, desk.parts);
  } else if (serves) deliver(outlet, event, bytes, desk.parts);
  else if (source === 'redis' && outlet.isMoving) desk.parts.recorder.merged('redis_only', type);
}

/** As `pass`, for a message that nobody wants as an object; `list`: its timestamp, where it is a list, and the time. */
export function passBytes(
  outlet: Outlet,
  source: Source,
  type: string,
  bytes: Uint8Array,
  list?: { readonly micros: number; readonly nowMs: number },
): void {
  if (source !== outlet.serving) return;
  if (list !== undefined) {
    if (mergeOf(outlet).isStale(source, type, list.micros, list.nowMs)) return;
    outlet.merge?.shownUnread(type);
  }
  deliverBytes(outlet, source, type, bytes, outlet.desk.parts);
}

/** Delivers what was re-read after a gap. */
export function passReread(outlet: Outlet, event: UserEvent): void {
  const isEvent = outlet.desk.mergedAs.get(event.type) === 'event';
  const due = isEvent ? merged(outlet, event, { serves: true, fillsIn: false }) : event;
  if (due === undefined) return;
  outlet.merge?.shown(due, event.arrivedAtMs);
  deliver(outlet, due, undefined, outlet.desk.parts);
}

/** Delivers what a source has said and the readers do not have; see EventMerge. */
export function release(outlet: Outlet, source: Source, untilMs?: number, hasId?: true): void {
  deliverAll(outlet, outlet.merge?.release(source, untilMs, hasId));
}

/** Delivers the lists of a source that had to take over; see ListMerge. */
export function takeOver(outlet: Outlet, source: Source, sinceMs: number, nowMs: number): void {
  deliverAll(outlet, outlet.merge?.takeOver(source, sinceMs, nowMs));
}

/** Delivers the lists that a window's end is due; see ListMerge. */
export function showLast(outlet: Outlet, source: Source, nowMs: number): void {
  deliverAll(outlet, outlet.merge?.settle(source, nowMs));
}

/** Forgets what is too old; returns whether there is more to forget later. */
export function expire(outlet: Outlet, serving: Source, nowMs: number): boolean {
  const isYoung = outlet.merge?.expire(serving, outlet.isAlone(serving), nowMs) ?? false;
  if (outlet.merge?.isEmpty === true) outlet.merge = undefined;
  return isYoung;
}

/** An instrument that fails must not cost the readers an event: then it is delivered as if there were none. */
function merged(outlet: Outlet, event: UserEvent, role: Role): UserEvent | undefined {
  const { mergedAs, parts } = outlet.desk;
  try {
    if (mergedAs.get(event.type) === 'event') return mergeOf(outlet).takeEvent(event, role);
    return isListDue(outlet, event, role.serves) ? event : undefined;
  } catch (error) {
    parts.recorder.failed('merge', error);
  }
  return role.serves ? event : undefined;
}

function isListDue(outlet: Outlet, event: UserEvent, serves: boolean): boolean {
  const { source, type, arrivedAtMs } = event;
  const micros = listStampMicros(event);
  if (micros !== undefined && mergeOf(outlet).isStale(source, type, micros, arrivedAtMs)) return false;
  if (outlet.isAlone(source)) {
    if (serves) outlet.merge?.shownAlone(event);
    return serves;
  }
  return mergeOf(outlet).takeList(event, serves, outlet.isMerging);
}

function mergeOf(outlet: Outlet): StreamMerge {
  const { spans, parts } = outlet.desk;
  return (outlet.merge ??= new StreamMerge(spans, parts.recorder, () => outlet.isMoving));
}

function deliverAll(outlet: Outlet, events: readonly UserEvent[] = []): void {
  for (const event of events) deliver(outlet, event, undefined, outlet.desk.parts);
}

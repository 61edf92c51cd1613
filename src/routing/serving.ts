import type { RouteReason } from '../domain/route.js';
import { otherSource, type Source } from '../domain/source.js';
import { Handover, isPatient, type Arrival } from './handover.js';
import { haveBoth, isWell, isYoung, missedByOther, warmth, type Legs } from './source-legs.js';

/**
 * What a stream keeps of the choice by which source it is served, and how far it is on the way from one to the
 * other; what the stage wants; and whom to tell. Part of the stream, as an object of its own would cost each user.
 */
export interface Served extends Legs {
  /** the source that the readers have; undefined before any was there */
  serving: Source | undefined;
  handover: Handover | undefined;
  /** nothing has happened since the readers came: whichever source serves, they have not got used to it */
  isFresh: boolean;
  /** the source that the stage serves from */
  readonly wanted: Source;
  /** why the user has this stage */
  readonly reason: RouteReason;
  /** Something has begun that must be looked after. */
  underway(): void;
  /** Another source serves from now on. */
  switched(to: Source): void;
}

/** Whether the readers are on their way to the wanted source. */
export function isUnderway({ handover }: Served): boolean {
  return handover?.isUnderway === true;
}

/** Whether the window after a handover is open. */
export function isWindowOpen({ handover }: Served): boolean {
  return handover?.window !== undefined;
}

/**
 * The stage's own source serves once it is well and its time has come; whichever served before serves until
 * then; and when the one that serves breaks, the other takes over at once if that is well.
 */
export function choose(served: Served): void {
  const { wanted } = served;
  const other = otherSource(wanted);
  const isWantedWell = isWell(served, wanted);
  served.serving ??= isWantedWell || !isWell(served, other) ? wanted : other;
  if (served.serving === wanted) {
    served.handover?.giveUp(other, 'turned_back', nowMs(served));
    stay(served, isWantedWell);
  } else if (isWantedWell) {
    begin(served);
    const result = arrival(served);
    if (result !== undefined) switchTo(served, wanted, result);
  }
}

/** The readers' stage has changed, or their source was not heard: from now on they are moved with care. */
export function settle(served: Served): void {
  served.isFresh = false;
}

/** The readers are to be moved, if they are not where the stage wants them. */
export function want(served: Served): void {
  served.isFresh = false;
  if (served.serving !== served.wanted) begin(served);
}

/** Nobody is left who could be moved. */
export function giveUp(served: Served): void {
  served.handover?.giveUp(served.wanted, 'left', nowMs(served));
}

/** A source that does not serve broke: what it brings from now on may come before what it left out. */
export function otherBroke({ handover }: Served): void {
  if (handover?.window?.old === 'whole') handover.window.old = 'broke';
}

/** Redis broke while it was wanted: whoever returns to it waits. */
export function redisBroke(served: Served): void {
  handoverOf(served).redisBroke(nowMs(served));
}

/** Redis has been wanted until now. */
export function redisWanted(served: Served): void {
  handoverOf(served).redisWantedUntilMs = nowMs(served);
}

/** Until when Redis was wanted last, milliseconds of `Clock.elapsedMs()`. */
export function redisWantedUntilMs({ handover }: Served): number {
  return handover?.redisWantedUntilMs ?? -Infinity;
}

/** Whether a source that does not serve brings now what the one that serves does not. */
export function bringsMore(served: Served, source: Source): boolean {
  if (served.serving === undefined) return false;
  // While the one that serves is broken, whoever speaks is heard.
  if (!isWell(served, served.serving)) return true;
  if (missedByOther(served, source, nowMs(served))) return true;
  const old = served.handover?.window?.old;
  return old === 'whole' || (old === 'broke' && isYoung(served, served.serving, nowMs(served)));
}

/** Once after a handover that could not wait. */
export function takeListsDue({ handover }: Served): boolean {
  if (handover?.window?.listsDue !== true) return false;
  handover.window.listsDue = false;
  return true;
}

/** Closes the window whose time is over; returns whether one was. */
export function endWindow(served: Served): boolean {
  const { handover } = served;
  if (handover?.window === undefined || nowMs(served) < handover.window.untilMs) return false;
  handover.window = undefined;
  return true;
}

function nowMs({ desk }: Served): number {
  return desk.parts.clock.elapsedMs();
}

/** The wanted source serves already. */
function stay(served: Served, isWantedWell: boolean): void {
  const { wanted, isFresh } = served;
  const other = otherSource(wanted);
  if (!isWantedWell) {
    if (isWell(served, other)) switchTo(served, other, 'at_once');
  } else if (isFresh && wanted === 'redis' && haveBoth(served)) switchTo(served, wanted, 'begun');
}

/** How the wanted source may take over now; undefined while it may not. */
function arrival(served: Served): Arrival | undefined {
  const { wanted } = served;
  if (!isWell(served, otherSource(wanted))) return 'at_once';
  if (served.isFresh) return 'begun';
  if (!isPatient(served.reason)) return 'at_once';
  const dueMs = handoverOf(served).dueMs(wanted, warmth(served, wanted));
  return nowMs(served) >= dueMs ? 'completed' : undefined;
}

function handoverOf(served: Served): Handover {
  const { settings, parts } = served.desk;
  return (served.handover ??= new Handover(settings, parts.recorder));
}

function begin(served: Served): void {
  handoverOf(served).begin(nowMs(served));
  served.underway();
}

function switchTo(served: Served, to: Source, result: Arrival): void {
  // Redis is silent until its publisher knows of the user: legacy fills in, also if it is attached only then.
  const isWhole = isWell(served, otherSource(to)) || result === 'begun';
  handoverOf(served).arrive(to, result, isWhole ? 'whole' : 'broke', nowMs(served));
  // A stand-in for a source that is still being opened: that one takes over as soon as it is there.
  if (to === served.wanted) served.isFresh = false;
  served.serving = to;
  served.switched(to);
}

import type { Digest } from '../domain/digest.js';
import { isListOver, listDigest } from '../domain/list.js';
import { otherSource, SOURCES, type Source } from '../domain/source.js';
import type { UserEvent } from '../domain/user-event.js';
import type { MergeListener, MergeSpans } from './event-merge.js';

/** A list that the readers got; digested only when it must be compared, and then known by its digest alone. */
class ShownList {
  private known: Digest | undefined;

  constructor(
    private event: UserEvent | undefined,
    readonly source: Source,
    readonly atMs: number,
  ) {}

  get digest(): Digest {
    return (this.known ??= this.event === undefined ? 0 : listDigest(this.event));
  }

  is(list: UserEvent): boolean {
    return this.event === list;
  }

  /** Lets the list itself go. */
  condense(): void {
    this.known = this.digest;
    this.event = undefined;
  }
}

const MAX_EARLIER = 64;

/**
 * Merges the lists of one type from two sources, each in the order of its own timestamps. The clocks of
 * two sources cannot be ordered: while a window is open, a list that says what the other source has said in
 * it is held back, for it may be an older state that comes late; at the window's end the newest one counts.
 */
export class ListMerge {
  private readonly newest: Record<Source, UserEvent | undefined> = { legacy: undefined, redis: undefined };
  /** whether its newest may have been overtaken by one that the source left out */
  private readonly isDoubted: Record<Source, boolean> = { legacy: false, redis: false };
  private shown: ShownList | undefined;
  private earlier: ShownList[] = [];

  constructor(
    private readonly spans: MergeSpans,
    private readonly note: MergeListener,
  ) {}

  /** Whether the readers shall get a list of the serving source now. `isMerging`: a window is open. */
  take(event: UserEvent, isMerging: boolean): boolean {
    this.newest[event.source] = event;
    this.isDoubted[event.source] = false;
    if (isMerging && this.wasSaidByOther(event)) {
      this.note('held_back', event);
      return false;
    }
    this.show(event, event.arrivedAtMs);
    return true;
  }

  /**
   * Keeps a list of the source that does not serve. Whether the readers shall get it all the same: while a
   * window is open, they have none, and the serving source has said none.
   */
  keep(event: UserEvent, isMerging: boolean): boolean {
    this.newest[event.source] = event;
    this.isDoubted[event.source] = false;
    if (!isMerging || this.shown !== undefined || this.newest[otherSource(event.source)] !== undefined)
      return false;
    this.show(event, event.arrivedAtMs);
    return true;
  }

  /** The source is closed: its newest is no longer known. */
  forget(source: Source): void {
    this.newest[source] = undefined;
  }

  /** The source may leave out lists from now on, or has until now: its newest may be overtaken. */
  doubt(source: Source): void {
    this.isDoubted[source] = this.newest[source] !== undefined;
  }

  /** The readers got a list by another way. */
  show(event: UserEvent, nowMs: number): void {
    const { shown } = this;
    if (shown !== undefined && shown.atMs >= nowMs - this.spans.rememberMs) {
      shown.condense();
      this.earlier.push(shown);
      if (this.earlier.length > MAX_EARLIER) this.earlier.shift();
    }
    this.shown = new ShownList(event, event.source, nowMs);
  }

  /**
   * The list to deliver at once after a source had to take over because the other broke: its newest, if that
   * is new to the readers. `sinceMs`: from when on both were heard, if both were; what is older than that and the window
   * together may be a state that the readers have seen and left, and awaits the window's end.
   */
  takeOver(source: Source, sinceMs: number, nowMs: number): UserEvent | undefined {
    const list = this.newest[source];
    const { windowMs } = this.spans;
    if (list === undefined || list.arrivedAtMs < Math.max(sinceMs, nowMs - 2 * windowMs) + windowMs)
      return undefined;
    if (this.shown?.is(list) === true || this.isOvertaken(list, nowMs) || this.wasSaidByOther(list))
      return undefined;
    this.show(list, nowMs);
    return list;
  }

  /** The list to deliver at the window's end: the serving source's newest, if the readers have another. */
  settle(source: Source, nowMs: number): UserEvent | undefined {
    const list = this.newest[source];
    if (list === undefined || this.isShown(list)) return undefined;
    if (isListOver(source, list.type, nowMs - list.arrivedAtMs) || this.isOvertaken(list, nowMs))
      return undefined;
    this.show(list, nowMs);
    return list;
  }

  /**
   * Forgets what is too old, outside windows; returns whether there is more to forget later. What stays is a list
   * of the source that does not serve, for as long as the readers have another one, and the digest of what they
   * have: whoever moves to that source gets the list that it said last, however long ago.
   */
  expire(serving: Source, nowMs: number): boolean {
    const sinceMs = nowMs - this.spans.rememberMs;
    let isYoung = false;
    for (const source of SOURCES) {
      const list = this.newest[source];
      if (list === undefined) continue;
      if (list.arrivedAtMs >= sinceMs) isYoung = true;
      else if (source === serving || this.isShown(list)) this.newest[source] = undefined;
    }
    if (this.shown !== undefined && this.shown.atMs < sinceMs) this.shown.condense();
    else if (this.shown !== undefined) isYoung = true;
    if (this.earlier.length > 0) this.earlier = this.earlier.filter(({ atMs }) => atMs >= sinceMs);
    return isYoung || this.earlier.length > 0;
  }

  /** Whether a doubted list may be older than the one that the readers have. */
  private isOvertaken(list: UserEvent, nowMs: number): boolean {
    const { shown } = this;
    if (!this.isDoubted[list.source] || shown === undefined) return false;
    const said = this.newest[shown.source];
    // The other source's last word, though the readers have an earlier one of it.
    if (said !== undefined && said !== list && listDigest(said) === listDigest(list)) return false;
    const saidMs = Math.max(shown.atMs, said?.arrivedAtMs ?? -Infinity);
    // Whoever is broken repeats nothing, which says nothing.
    const isBroken = said !== undefined && this.isDoubted[shown.source];
    if (!isBroken && isListOver(shown.source, list.type, nowMs - saidMs)) return false;
    return shown.atMs >= list.arrivedAtMs - this.spans.windowMs;
  }

  private isShown(list: UserEvent): boolean {
    return this.shown !== undefined && (this.shown.is(list) || this.shown.digest === listDigest(list));
  }

  private wasSaidByOther(event: UserEvent): boolean {
    const sinceMs = event.arrivedAtMs - this.spans.windowMs;
    const others = this.earlier.filter(({ source, atMs }) => source !== event.source && atMs >= sinceMs);
    if (this.shown !== undefined && this.shown.source !== event.source) others.push(this.shown);
    if (others.length === 0) return false;
    const digest = listDigest(event);
    return others.some((each) => each.digest === digest);
  }
}

import type { Digest } from '../domain/digest.js';
import { LIST_ITEMS, listDigest } from '../domain/list.js';
import { otherSource, SOURCES, type Source } from '../domain/source.js';
import type { UserEvent } from '../domain/user-event.js';
import type { MergeListener, MergeSpans } from './event-merge.js';

/** A list that the readers got, and when; digested only when it must be compared. */
class ShownList {
  private known: Digest | undefined;

  constructor(
    readonly event: UserEvent,
    readonly atMs: number,
  ) {}

  get digest(): Digest {
    return (this.known ??= listDigest(this.event));
  }
}

interface Earlier {
  readonly digest: Digest;
  readonly source: Source;
  readonly atMs: number;
}

const MAX_EARLIER = 64;

/**
 * Merges the lists of one type from two sources, each in the order of its own timestamps. The clocks of
 * two sources cannot be ordered: while a window is open, a list that says what the other source has said in
 * it is held back, for it may be an older state that comes late; at the window's end the newest one counts.
 */
export class ListMerge {
  private readonly newest: Record<Source, UserEvent | undefined> = { legacy: undefined, redis: undefined };
  private shown: ShownList | undefined;
  private earlier: Earlier[] = [];

  constructor(
    private readonly spans: MergeSpans,
    private readonly note: MergeListener,
  ) {}

  get isEmpty(): boolean {
    const { newest, shown, earlier } = this;
    return (
      newest.legacy === undefined && newest.redis === undefined && shown === undefined && earlier.length === 0
    );
  }

  /** Whether the readers shall get a list of the serving source now. `isMerging`: a window is open. */
  take(event: UserEvent, isMerging: boolean): boolean {
    this.newest[event.source] = event;
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
    if (!isMerging || this.shown !== undefined || this.newest[otherSource(event.source)] !== undefined)
      return false;
    this.show(event, event.arrivedAtMs);
    return true;
  }

  /** The source may have left out lists from now on: its newest is no longer known. */
  forget(source: Source): void {
    this.newest[source] = undefined;
  }

  /** The readers got a list by another way. */
  show(event: UserEvent, nowMs: number): void {
    const { shown } = this;
    if (shown !== undefined && shown.atMs >= nowMs - this.spans.rememberMs) {
      this.earlier.push({ digest: shown.digest, source: shown.event.source, atMs: shown.atMs });
      if (this.earlier.length > MAX_EARLIER) this.earlier.shift();
    }
    this.shown = new ShownList(event, nowMs);
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
    if (this.shown?.event === list || this.wasSaidByOther(list)) return undefined;
    this.show(list, nowMs);
    return list;
  }

  /** The list to deliver at the window's end: the serving source's newest, if the readers have another. */
  settle(source: Source, nowMs: number): UserEvent | undefined {
    const list = this.newest[source];
    if (list === undefined || this.shown?.event === list || this.shown?.digest === listDigest(list))
      return undefined;
    this.show(list, nowMs);
    return list;
  }

  /**
   * Forgets what is too old, outside windows; returns whether there is more to forget later. An empty list is
   * kept: legacy never says that there are no messages any more.
   */
  expire(serving: Source, nowMs: number): boolean {
    const sinceMs = nowMs - this.spans.rememberMs;
    let isYoung = false;
    for (const source of SOURCES) {
      const list = this.newest[source];
      if (list === undefined) continue;
      if (list.arrivedAtMs >= sinceMs) isYoung = true;
      else if (source === serving || !isEmptyList(list)) this.newest[source] = undefined;
    }
    if (this.shown !== undefined && this.shown.atMs < sinceMs) this.shown = undefined;
    if (this.earlier.length > 0) this.earlier = this.earlier.filter(({ atMs }) => atMs >= sinceMs);
    return isYoung || this.shown !== undefined || this.earlier.length > 0;
  }

  private wasSaidByOther(event: UserEvent): boolean {
    const sinceMs = event.arrivedAtMs - this.spans.windowMs;
    const others = this.earlier.filter(({ source, atMs }) => source !== event.source && atMs >= sinceMs);
    const shown = this.shown?.event.source === event.source ? undefined : this.shown;
    if (others.length === 0 && shown === undefined) return false;
    const digest = listDigest(event);
    return shown?.digest === digest || others.some((each) => each.digest === digest);
  }
}

function isEmptyList(event: UserEvent): boolean {
  const items = event.payload[LIST_ITEMS.get(event.type) ?? ''];
  return !Array.isArray(items) || items.length === 0;
}

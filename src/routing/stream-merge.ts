import type { Recorder } from '../contracts/recorder.js';
import type { Source } from '../domain/source.js';
import type { UserEvent } from '../domain/user-event.js';
import { DeliveredIds } from './delivered-ids.js';
import { EventMerge, type MergeListener, type MergeSpans } from './event-merge.js';
import { ListMerge } from './list-merge.js';
import { ListStamps } from './list-stamps.js';

/** What the source of an event is to the readers at the moment. */
export interface Role {
  readonly serves: boolean;
  /** it served until a moment ago, and brings what the serving source does not */
  readonly fillsIn: boolean;
}

/**
 * What one topic remembers in order to merge its two sources. Nothing is made before it is needed, and all
 * but the delivered ids is dropped once it is too old to matter.
 */
export class StreamMerge {
  private ids: DeliveredIds | undefined;
  private events: EventMerge | undefined;
  private lists: Map<string, ListMerge> | undefined;
  private stamps: ListStamps | undefined;
  private readonly note: MergeListener;

  /** `isMerging`: a handover is underway, or its window open. */
  constructor(
    private readonly spans: MergeSpans,
    private readonly recorder: Recorder,
    private readonly isMerging: () => boolean,
  ) {
    this.note = (outcome, event) => {
      // Outside a handover copies meet all the time, and nobody is spared anything.
      if (outcome !== 'merged' || this.isMerging()) this.recorder.merged(outcome, event.type);
    };
  }

  /** Whether nothing but delivered ids is remembered. */
  get isIdle(): boolean {
    return this.events === undefined && this.lists === undefined && this.stamps === undefined;
  }

  /** Whether nothing at all is remembered. */
  get isEmpty(): boolean {
    return this.isIdle && this.ids === undefined;
  }

  /** Whether a list is older than one of its own source and type; then it is counted. */
  isStale(source: Source, type: string, micros: number, nowMs: number): boolean {
    this.stamps ??= new ListStamps(this.spans.windowMs);
    if (this.stamps.isLatest(source, type, micros, nowMs)) return false;
    this.recorder.merged('stale', type);
    return true;
  }

  /** What of a one-to-one event the readers shall get now. */
  takeEvent(event: UserEvent, { serves, fillsIn }: Role): UserEvent | undefined {
    this.events ??= new EventMerge(
      () => (this.ids ??= new DeliveredIds()),
      this.spans,
      this.note,
      () => {
        this.recorder.dropped('merge');
      },
    );
    return this.events.take(event, serves || fillsIn);
  }

  /** Whether the readers shall get a list now. `isMerging`: a window is open. */
  takeList(event: UserEvent, serves: boolean, isMerging: boolean): boolean {
    this.lists ??= new Map();
    let list = this.lists.get(event.type);
    if (list === undefined) this.lists.set(event.type, (list = new ListMerge(this.spans, this.note)));
    return serves ? list.take(event, isMerging) : list.keep(event, isMerging);
  }

  /** A source may leave things out from now on, or has until now. */
  doubt(source: Source): void {
    this.lists?.forEach((list) => {
      list.doubt(source);
    });
  }

  /** A source is closed: what it said last is soon no longer true. */
  closed(source: Source): void {
    this.lists?.forEach((list) => {
      list.forget(source);
    });
  }

  /** The readers got a list by another way than through their sources. */
  shown(event: UserEvent, nowMs: number): void {
    this.lists?.get(event.type)?.show(event, nowMs);
  }

  /** The readers got a list of the one source that is open. */
  shownAlone(event: UserEvent): void {
    this.lists?.get(event.type)?.take(event, false);
  }

  /** The readers got a list that nobody read on the way: what they have is not known any more. */
  shownUnread(type: string): void {
    this.lists?.delete(type);
  }

  /** What a source has said and the readers do not have; see EventMerge. */
  release(source: Source, untilMs?: number, hasId?: true): readonly UserEvent[] {
    return this.events?.release(source, untilMs, hasId) ?? [];
  }

  /** The lists to deliver after a source had to take over; see ListMerge. */
  takeOver(source: Source, sinceMs: number, nowMs: number): readonly UserEvent[] {
    return this.eachList((list) => list.takeOver(source, sinceMs, nowMs));
  }

  /** The lists to deliver at a window's end; see ListMerge. */
  settle(source: Source, nowMs: number): readonly UserEvent[] {
    return this.eachList((list) => list.settle(source, nowMs));
  }

  /** Forgets what is too old; returns whether there is more to forget later. `isAlone`: no other source is open. */
  expire(serving: Source, isAlone: boolean, nowMs: number): boolean {
    this.events?.expire(nowMs);
    this.stamps?.expire(nowMs);
    if (this.events?.isEmpty === true) this.events = undefined;
    if (this.stamps?.isEmpty === true) this.stamps = undefined;
    const isYoung = this.events !== undefined || this.stamps !== undefined;
    const hasYoungList = [...(this.lists?.values() ?? [])]
      .map((list) => list.expire(serving, nowMs))
      .includes(true);
    // Alone, a source shows all it says, and what it said is compared with nothing.
    if (isAlone && !hasYoungList) this.lists = undefined;
    return isYoung || hasYoungList;
  }

  private eachList(pick: (list: ListMerge) => UserEvent | undefined): readonly UserEvent[] {
    return [...(this.lists?.values() ?? [])].map(pick).filter((each) => each !== undefined);
  }
}

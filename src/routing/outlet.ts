import { listStampMicros } from '../domain/list.js';
import type { Source } from '../domain/source.js';
import type { UserEvent } from '../domain/user-event.js';
import { deliver, deliverBytes, NO_READERS } from './readers.js';
import type { RoutingDesk } from './routing-desk.js';
import { StreamMerge, type Role } from './stream-merge.js';

/** What an outlet must know of its stream at each event. */
export interface OutletState {
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

/** Where one topic's two sources become what its readers get: each event once, no list twice and none back. */
export class Outlet {
  readers = NO_READERS;
  private merge: StreamMerge | undefined;

  constructor(
    private readonly desk: RoutingDesk,
    private readonly state: OutletState,
  ) {}

  /** Delivers of an event what the readers shall get now. */
  pass(event: UserEvent, bytes?: Uint8Array): void {
    const { source, type } = event;
    const serves = source === this.state.serving;
    if (this.desk.mergedAs.has(type)) {
      const due = this.merged(event, { serves, fillsIn: !serves && this.state.fillsIn(source) });
      if (due !== undefined) deliver(this, due, due === event ? bytes : undefined, this.desk.parts);
    } else if (serves) deliver(this, event, bytes, this.desk.parts);
    else if (source === 'redis' && this.state.isMoving) this.desk.parts.recorder.merged('redis_only', type);
  }

  /** As `pass`, for a message that nobody wants as an object; `list`: its timestamp, where it is a list, and the time. */
  passBytes(
    source: Source,
    type: string,
    bytes: Uint8Array,
    list?: { readonly micros: number; readonly nowMs: number },
  ): void {
    if (source !== this.state.serving) return;
    if (list !== undefined) {
      if (this.made().isStale(source, type, list.micros, list.nowMs)) return;
      this.merge?.shownUnread(type);
    }
    deliverBytes(this, source, type, bytes, this.desk.parts);
  }

  /** A source may leave things out from now on, or has until now. */
  doubt(source: Source): void {
    this.merge?.doubt(source);
  }

  /** A source is closed. */
  closed(source: Source): void {
    this.merge?.closed(source);
  }

  /** Delivers what was re-read after a gap. */
  passReread(event: UserEvent): void {
    const isEvent = this.desk.mergedAs.get(event.type) === 'event';
    const due = isEvent ? this.merged(event, { serves: true, fillsIn: false }) : event;
    if (due === undefined) return;
    this.merge?.shown(due, event.arrivedAtMs);
    deliver(this, due, undefined, this.desk.parts);
  }

  /** Delivers what a source has said and the readers do not have; see EventMerge. */
  release(source: Source, untilMs?: number, hasId?: true): void {
    this.deliverAll(this.merge?.release(source, untilMs, hasId));
  }

  /** Delivers the lists of a source that had to take over; see ListMerge. */
  takeOver(source: Source, sinceMs: number, nowMs: number): void {
    this.deliverAll(this.merge?.takeOver(source, sinceMs, nowMs));
  }

  /** Delivers the lists that a window's end is due; see ListMerge. */
  settle(source: Source, nowMs: number): void {
    this.deliverAll(this.merge?.settle(source, nowMs));
  }

  /** Forgets what is too old; returns whether there is more to forget later. */
  expire(serving: Source, nowMs: number): boolean {
    const isYoung = this.merge?.expire(serving, this.state.isAlone(serving), nowMs) ?? false;
    if (this.merge?.isEmpty === true) this.merge = undefined;
    return isYoung;
  }

  /** An instrument that fails must not cost the readers an event: then it is delivered as if there were none. */
  private merged(event: UserEvent, role: Role): UserEvent | undefined {
    try {
      if (this.desk.mergedAs.get(event.type) === 'event') return this.made().takeEvent(event, role);
      return this.isListDue(event, role.serves) ? event : undefined;
    } catch (error) {
      this.desk.parts.recorder.failed('merge', error);
    }
    return role.serves ? event : undefined;
  }

  private isListDue(event: UserEvent, serves: boolean): boolean {
    const { source, type, arrivedAtMs } = event;
    const micros = listStampMicros(event);
    if (micros !== undefined && this.made().isStale(source, type, micros, arrivedAtMs)) return false;
    if (this.state.isAlone(source)) {
      if (serves) this.merge?.shownAlone(event);
      return serves;
    }
    return this.made().takeList(event, serves, this.state.isMerging);
  }

  private made(): StreamMerge {
    return (this.merge ??= new StreamMerge(
      this.desk.spans,
      this.desk.parts.recorder,
      () => this.state.isMoving,
    ));
  }

  private deliverAll(events: readonly UserEvent[] = []): void {
    for (const event of events) deliver(this, event, undefined, this.desk.parts);
  }
}

import { isList } from '../domain/list.js';
import type { Source } from '../domain/source.js';
import type { UserEvent } from '../domain/user-event.js';
import { ListStamps } from './list-stamps.js';
import type { MergeWindow } from './handover.js';
import { deliver, deliverBytes, type Readers } from './readers.js';
import type { RoutingDesk } from './routing-desk.js';
import { StreamMerge, type Role } from './stream-merge.js';

/** What an outlet must know of its stream at each event. */
export interface OutletState {
  readonly serving: Source | undefined;
  /** open after a handover */
  readonly window: MergeWindow | undefined;
  /** a handover is underway or its window open, or legacy stands in for Redis */
  readonly isMoving: boolean;
  /** Whether no other source is open, and none was until a moment ago. */
  isAlone(source: Source): boolean;
}

/** Where one topic's two sources become what its readers get: each event once, no list twice and none back. */
export class Outlet {
  readers: Readers = [];
  private readonly current = (): Readers => this.readers;
  private merge: StreamMerge | undefined;
  private stamps: ListStamps | undefined;

  constructor(
    private readonly desk: RoutingDesk,
    private readonly state: OutletState,
  ) {}

  /** Whether something is remembered that must be forgotten in time. */
  get remembers(): boolean {
    return this.merge?.isIdle === false;
  }

  /** Delivers of an event what the readers shall get now. */
  pass(event: UserEvent, bytes?: Uint8Array): void {
    const { serving, window } = this.state;
    const role = { serves: event.source === serving, fillsIn: event.source === window?.fillsIn };
    const due = this.merged(event, role);
    if (due !== undefined) this.deliver(due, due === event ? bytes : undefined);
    else if (event.source === 'redis' && this.state.isMoving && !this.isMerged(event.type))
      this.desk.parts.recorder.merged('redis_only', event.type);
  }

  /** As `pass`, for a message that nobody wants as an object. */
  passBytes(source: Source, type: string, bytes: Uint8Array): void {
    if (source === this.state.serving) deliverBytes(this.current, source, type, bytes, this.desk.parts);
  }

  /** A source may leave things out from now on. */
  broke(source: Source): void {
    this.merge?.broke(source);
  }

  /** Delivers what was re-read after a gap. */
  passReread(event: UserEvent): void {
    const due = this.desk.isShared(event.type) ? this.merged(event, { serves: true, fillsIn: false }) : event;
    if (due === undefined) return;
    this.merge?.shown(due, event.arrivedAtMs);
    this.deliver(due, undefined);
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
    return this.merge?.expire(serving, nowMs) ?? false;
  }

  private isMerged(type: string): boolean {
    return this.desk.isShared(type) || isList(type);
  }

  /** An instrument that fails must not cost the readers an event: then it is delivered as if there were none. */
  private merged(event: UserEvent, role: Role): UserEvent | undefined {
    try {
      if (this.desk.isShared(event.type)) return this.made().takeEvent(event, role);
      if (isList(event.type) && this.desk.merges) return this.mergedList(event, role);
    } catch (error) {
      this.desk.parts.recorder.failed('merge', error);
    }
    return role.serves ? event : undefined;
  }

  private mergedList(event: UserEvent, role: Role): UserEvent | undefined {
    this.stamps ??= new ListStamps(this.desk.spans.windowMs);
    if (!this.stamps.isLatest(event)) {
      this.desk.parts.recorder.merged('stale', event.type);
      return undefined;
    }
    const isDue = this.state.isAlone(event.source)
      ? role.serves
      : this.made().takeList(event, role.serves, this.state.window !== undefined);
    return isDue ? event : undefined;
  }

  private made(): StreamMerge {
    return (this.merge ??= new StreamMerge(
      this.desk.spans,
      this.desk.parts.recorder,
      () => this.state.isMoving,
    ));
  }

  private deliverAll(events: readonly UserEvent[] = []): void {
    for (const event of events) this.deliver(event, undefined);
  }

  private deliver(event: UserEvent, bytes: Uint8Array | undefined): void {
    deliver(this.current, event, bytes, this.desk.parts);
  }
}

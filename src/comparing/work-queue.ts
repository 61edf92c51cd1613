import { LIST_ITEMS } from '../domain/list.js';
import type { UserEvent } from '../domain/user-event.js';
import { Fifo } from './fifo.js';

/** What a comparer has been told and has not looked at yet: an arrival, or a control that may not be dropped. */
export type Work<Session> =
  | { readonly event: UserEvent; readonly session: Session }
  | { readonly event?: undefined; readonly applies: () => void };

/** A queue with two bounds, because one list can hold as much as a thousand events. */
export class WorkQueue<Session> {
  private readonly works = new Fifo<Work<Session>>();
  private arrivals = 0;
  private items = 0;

  constructor(
    private readonly maxArrivals: number,
    private readonly maxItems: number,
  ) {}

  get size(): number {
    return this.works.size;
  }

  get isFull(): boolean {
    return this.arrivals > this.maxArrivals || this.items > this.maxItems;
  }

  push(work: Work<Session>): void {
    this.works.push(work);
    this.count(work, 1);
  }

  shift(): Work<Session> | undefined {
    const work = this.works.shift();
    if (work !== undefined) this.count(work, -1);
    return work;
  }

  /** When the oldest arrival that waits came; undefined where none does. */
  oldestMs(): number | undefined {
    return this.works.first()?.event?.arrivedAtMs;
  }

  private count(work: Work<Session>, sign: 1 | -1): void {
    if (work.event === undefined) return;
    this.arrivals += sign;
    this.items += sign * itemsOf(work.event);
  }
}

function itemsOf(event: UserEvent): number {
  const key = LIST_ITEMS.get(event.type);
  const items = key === undefined ? undefined : event.payload[key];
  return Array.isArray(items) ? items.length : 1;
}

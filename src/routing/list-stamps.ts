import { listStampMicros } from '../domain/list.js';
import type { UserEvent } from '../domain/user-event.js';

interface Stamp {
  readonly micros: number;
  readonly atMs: number;
}

/**
 * Tells lists that were overtaken: within one source the later timestamp wins. A source's clock may be set
 * back, so a timestamp counts only for as long as a list can be late.
 */
export class ListStamps {
  private readonly newest = new Map<string, Stamp>();

  constructor(private readonly windowMs: number) {}

  /** Whether no list of this type with a later timestamp came from the same source within the window. */
  isLatest(event: UserEvent): boolean {
    const micros = listStampMicros(event);
    if (micros === undefined) return true;
    const key = `${event.source} ${event.type}`;
    const before = this.newest.get(key);
    const isOvertaken =
      before !== undefined && micros < before.micros && event.arrivedAtMs - before.atMs <= this.windowMs;
    if (!isOvertaken) this.newest.set(key, { micros, atMs: event.arrivedAtMs });
    return !isOvertaken;
  }
}

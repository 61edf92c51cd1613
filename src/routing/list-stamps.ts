import type { Source } from '../domain/source.js';

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

  get isEmpty(): boolean {
    return this.newest.size === 0;
  }

  /**
   * Whether no list of this type with a later timestamp came from the same source within the window. `micros`:
   * the list's own timestamp.
   */
  isLatest(source: Source, type: string, micros: number, nowMs: number): boolean {
    const key = `${source} ${type}`;
    const before = this.newest.get(key);
    const isOvertaken =
      before !== undefined && micros < before.micros && nowMs - before.atMs <= this.windowMs;
    if (!isOvertaken) this.newest.set(key, { micros, atMs: nowMs });
    return !isOvertaken;
  }

  /** Forgets what can overtake nothing any more. */
  expire(nowMs: number): void {
    for (const [key, { atMs }] of this.newest) if (nowMs - atMs > this.windowMs) this.newest.delete(key);
  }
}

/** How exactly a due time is kept, milliseconds. */
export const TICK_MS = 100;

/** Whoever can be waited for; by one wheel at a time. */
export interface Due {
  /** the step at which it is due, as the wheel keeps it; undefined while it is not waited for */
  dueTick: number | undefined;
}

/** Who is to be looked at when, in steps of a tenth of a second: one timer serves any number of waiting things. */
export class DueWheel<T extends Due> {
  private readonly buckets = new Map<number, Set<T>>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Something is due at a moment; the earliest of several stands. Gives back the moment of its step. */
  schedule(what: T, dueMs: number): number {
    const tick = Math.ceil(dueMs / TICK_MS);
    const before = what.dueTick;
    if (before !== undefined && before <= tick) return before * TICK_MS;
    if (before !== undefined) this.remove(what);
    what.dueTick = tick;
    this.count++;
    const bucket = this.buckets.get(tick);
    if (bucket === undefined) this.buckets.set(tick, new Set([what]));
    else bucket.add(what);
    return tick * TICK_MS;
  }

  remove(what: T): void {
    const tick = what.dueTick;
    if (tick === undefined) return;
    what.dueTick = undefined;
    this.count--;
    const bucket = this.buckets.get(tick);
    bucket?.delete(what);
    if (bucket?.size === 0) this.buckets.delete(tick);
  }

  /** When the next one is due; undefined where nothing waits. */
  nextMs(): number | undefined {
    let next: number | undefined;
    for (const tick of this.buckets.keys()) if (next === undefined || tick < next) next = tick;
    return next === undefined ? undefined : next * TICK_MS;
  }

  /** Takes out all that are due, earliest first. */
  take(nowMs: number): T[] {
    const due = [...this.buckets.keys()].filter((tick) => tick * TICK_MS <= nowMs).sort((a, b) => a - b);
    return due.flatMap((tick) => {
      const bucket = [...(this.buckets.get(tick) ?? [])];
      this.buckets.delete(tick);
      for (const what of bucket) what.dueTick = undefined;
      this.count -= bucket.length;
      return bucket;
    });
  }
}

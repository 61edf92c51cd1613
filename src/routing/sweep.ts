import type { Cancel, Clock } from '../contracts/clock.js';

/** Who has something underway. */
export interface Swept {
  /** Does what has fallen due; returns whether anything is left to look after. */
  tick(nowMs: number): boolean;
}

const PERIOD_MS = 250;
/** How long one look may hold the event loop before it lets others run. */
const SLICE_MS = 8;

/** One timer for all streams that have something underway; none while there are none. */
export class Sweep {
  private readonly members = new Set<Swept>();
  private timer: Cancel | undefined;
  private slice: Cancel | undefined;

  constructor(private readonly clock: Clock) {}

  add(member: Swept): void {
    this.members.add(member);
    this.timer ??= this.clock.every(PERIOD_MS, () => {
      if (this.slice === undefined) this.look(this.members.values());
    });
  }

  remove(member: Swept): void {
    this.members.delete(member);
    if (this.members.size === 0) this.close();
  }

  close(): void {
    this.members.clear();
    this.timer?.();
    this.slice?.();
    this.timer = this.slice = undefined;
  }

  private look(members: IterableIterator<Swept>): void {
    this.slice = undefined;
    const startMs = this.clock.elapsedMs();
    let nowMs = startMs;
    for (const member of members) {
      if (!member.tick(nowMs)) this.remove(member);
      nowMs = this.clock.elapsedMs();
      if (nowMs - startMs < SLICE_MS) continue;
      if (this.members.size === 0) return;
      this.slice = this.clock.after(0, () => {
        this.look(members);
      });
      return;
    }
  }
}

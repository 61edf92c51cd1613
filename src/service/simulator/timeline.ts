import type { Random } from './random.js';

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
  cancelled: boolean;
}

const MAX_BEHIND_MS = 1_000;

/**
 * Time of the play: whoever owns it turns it forward, and everything due by then happens in order, also what
 * becomes due on the way. Nothing in the play has a timer of its own.
 */
export class Timeline {
  // The next one stands last, where it is taken cheaply.
  private readonly entries: Entry[] = [];
  private order = 0;
  private lastMicros = 0;

  constructor(
    private currentMs: number,
    private readonly random: Random,
  ) {}

  /** time of day, milliseconds since 1970 */
  get nowMs(): number {
    return this.currentMs;
  }

  /** The time of day in microseconds since 1970, later at each call: no two things carry the same. */
  micros(): number {
    this.lastMicros = Math.max(
      this.lastMicros + 1,
      Math.floor(this.currentMs) * 1000 + this.random.between(0, 999),
    );
    return this.lastMicros;
  }

  /** Runs `task` at `dueMs`, after everything that was due then before; returns how to take it back. */
  at(dueMs: number, task: () => void): () => void {
    const entry: Entry = { dueMs, order: this.order++, task, cancelled: false };
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.entries[middle];
      if (other !== undefined && other.dueMs > dueMs) low = middle + 1;
      else high = middle;
    }
    this.entries.splice(low, 0, entry);
    return () => {
      entry.cancelled = true;
    };
  }

  /** Time goes on to `nowMs`; it never goes back. What was due more than a second ago happens as if it were then. */
  advanceTo(nowMs: number): void {
    // A computer that slept must not play the whole night in one go.
    this.currentMs = Math.max(this.currentMs, nowMs - MAX_BEHIND_MS);
    for (;;) {
      const next = this.entries.at(-1);
      if (next === undefined || next.dueMs > nowMs) break;
      this.entries.pop();
      this.currentMs = Math.max(this.currentMs, next.dueMs);
      if (!next.cancelled) next.task();
    }
    this.currentMs = Math.max(this.currentMs, nowMs);
  }
}

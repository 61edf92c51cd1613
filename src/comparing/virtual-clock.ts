import type { Cancel, Clock } from '../contracts/clock.js';

interface Timer {
  readonly atMs: number;
  readonly task: () => void;
}

/** Time as a recording tells it: it passes only when told to, and what falls due on the way runs. */
export class VirtualClock implements Clock {
  // A comparer has two timers at most, so a search through them is as good as any order.
  private readonly timers = new Set<Timer>();

  constructor(private timeMs: number) {}

  nowMs(): number {
    return this.timeMs;
  }

  elapsedMs(): number {
    return this.timeMs;
  }

  after(delayMs: number, task: () => void): Cancel {
    const timer = { atMs: this.timeMs + Math.max(0, delayMs), task };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  every(periodMs: number, task: () => void): Cancel {
    let cancel: Cancel = () => undefined;
    const repeat = (): void => {
      cancel = this.after(periodMs, () => {
        repeat();
        task();
      });
    };
    repeat();
    return () => {
      cancel();
    };
  }

  /** Lets time pass; going back is passed over. */
  passTo(timeMs: number): void {
    for (let next = this.first(); next !== undefined && next.atMs <= timeMs; next = this.first()) {
      this.timers.delete(next);
      this.timeMs = Math.max(this.timeMs, next.atMs);
      next.task();
    }
    this.timeMs = Math.max(this.timeMs, timeMs);
  }

  /** Lets time pass until nothing waits any more. */
  passToEnd(): void {
    for (let next = this.first(); next !== undefined; next = this.first()) this.passTo(next.atMs);
  }

  private first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) if (first === undefined || timer.atMs < first.atMs) first = timer;
    return first;
  }
}

import type { Cancel, Clock } from '../src/contracts/clock.js';

interface Timer {
  dueMs: number;
  readonly task: () => void;
  readonly periodMs: number | undefined;
}

/** A clock that only tests turn. */
export class ManualClock implements Clock {
  private elapsed = 0;
  private readonly timers = new Set<Timer>();

  constructor(private readonly startMs = Date.UTC(2025, 8, 20, 11, 44)) {}

  nowMs(): number {
    return this.startMs + this.elapsed;
  }

  elapsedMs(): number {
    return this.elapsed;
  }

  after(delayMs: number, task: () => void): Cancel {
    return this.start({ dueMs: this.elapsed + delayMs, task, periodMs: undefined });
  }

  every(periodMs: number, task: () => void): Cancel {
    if (!(periodMs > 0)) throw new RangeError('a period is longer than nothing');
    return this.start({ dueMs: this.elapsed + periodMs, task, periodMs });
  }

  /** Lets `ms` pass: what falls due runs in the order of its time, also what was only just asked for. */
  advance(ms: number): void {
    const endMs = this.elapsed + ms;
    for (let timer = this.nextDue(endMs); timer !== undefined; timer = this.nextDue(endMs)) {
      this.elapsed = Math.max(this.elapsed, timer.dueMs);
      if (timer.periodMs === undefined) this.timers.delete(timer);
      else timer.dueMs += timer.periodMs;
      timer.task();
    }
    this.elapsed = endMs;
  }

  /** How many timers wait: a test of what leaves nothing behind asks this. */
  get waiting(): number {
    return this.timers.size;
  }

  private start(timer: Timer): Cancel {
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }

  private nextDue(endMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers)
      if (timer.dueMs <= endMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    return next;
  }
}

import type { Cancel, Clock } from '../src/contracts/clock.js';

interface Timer {
  dueMs: number;
  readonly order: number;
  readonly periodMs: number | undefined;
  readonly task: () => void;
}

/** Time that moves only when a test says so; timers run in the order in which they fall due. */
export class ManualClock implements Clock {
  private timers: Timer[] = [];
  private made = 0;
  private elapsed = 0;
  private wallOffsetMs: number;

  constructor(startMs = Date.parse('2025-09-20T11:44:00Z')) {
    this.wallOffsetMs = startMs;
  }

  nowMs(): number {
    return this.wallOffsetMs + this.elapsed;
  }

  elapsedMs(): number {
    return this.elapsed;
  }

  /** How many timers wait: a thing that was closed leaves none. */
  get pending(): number {
    return this.timers.length;
  }

  after(delayMs: number, task: () => void): Cancel {
    return this.add(delayMs, undefined, task);
  }

  every(periodMs: number, task: () => void): Cancel {
    return this.add(periodMs, periodMs, task);
  }

  /** Lets time pass, running what falls due on the way, timers that those set included. */
  advance(ms: number): void {
    this.advanceTo(this.elapsed + ms);
  }

  /** Lets time pass up to a moment of `elapsedMs()`. */
  advanceTo(untilMs: number): void {
    for (let timer = this.nextDue(untilMs); timer !== undefined; timer = this.nextDue(untilMs)) {
      this.elapsed = Math.max(this.elapsed, timer.dueMs);
      if (timer.periodMs === undefined) this.remove(timer);
      else timer.dueMs += timer.periodMs;
      timer.task();
    }
    this.elapsed = Math.max(this.elapsed, untilMs);
  }

  /** The process stands still: time goes on, and whatever fell due runs only afterwards, once. */
  freeze(ms: number): void {
    this.elapsed += ms;
    const due = this.timers.filter((timer) => timer.dueMs <= this.elapsed);
    for (const timer of due) timer.dueMs = this.elapsed;
    this.advance(0);
  }

  /** Sets the time of day forward or back, as an operator or NTP does; durations are not touched. */
  jumpWall(byMs: number): void {
    this.wallOffsetMs += byMs;
  }

  private add(delayMs: number, periodMs: number | undefined, task: () => void): Cancel {
    const timer: Timer = { dueMs: this.elapsed + Math.max(0, delayMs), order: this.made++, periodMs, task };
    this.timers.push(timer);
    return () => {
      this.remove(timer);
    };
  }

  private nextDue(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.dueMs > untilMs) continue;
      if (
        next === undefined ||
        timer.dueMs < next.dueMs ||
        (timer.dueMs === next.dueMs && timer.order < next.order)
      )
        next = timer;
    }
    return next;
  }

  private remove(timer: Timer): void {
    this.timers = this.timers.filter((other) => other !== timer);
  }
}

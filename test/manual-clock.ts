import type { Cancel, Clock } from '../src/contracts/clock.js';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
}

/** A clock that stands still until it is turned; timers run in the order in which they fall due. */
export class ManualClock implements Clock {
  private readonly timers = new Set<Timer>();
  private order = 0;
  private elapsed: number;
  private timeOfDay: number;

  constructor(startMs = 0, timeOfDayMs = Date.UTC(2025, 8, 20, 11, 44)) {
    this.elapsed = startMs;
    this.timeOfDay = timeOfDayMs;
  }

  /** How many timers wait; to show that none is left behind. */
  get pendingTimers(): number {
    return this.timers.size;
  }

  nowMs(): number {
    return this.timeOfDay;
  }

  elapsedMs(): number {
    return this.elapsed;
  }

  after(delayMs: number, task: () => void): Cancel {
    return this.add(this.elapsed + Math.max(0, delayMs), task);
  }

  every(periodMs: number, task: () => void): Cancel {
    if (!(periodMs > 0)) throw new RangeError('A period must be longer than nothing.');
    let cancel = (): void => undefined;
    let cancelled = false;
    const again = (): void => {
      cancel = this.after(periodMs, () => {
        task();
        if (!cancelled) again();
      });
    };
    again();
    return () => {
      cancelled = true;
      cancel();
    };
  }

  /** Turns the clock on; whatever falls due on the way runs at its own time, new timers included. */
  advance(byMs: number): void {
    const end = this.elapsed + byMs;
    for (let next = this.earliest(); next !== undefined && next.dueMs <= end; next = this.earliest()) {
      this.timers.delete(next);
      this.moveTo(Math.max(next.dueMs, this.elapsed));
      next.task();
    }
    this.moveTo(end);
  }

  /** Runs what is due now, such as tasks that asked to run after nothing. */
  runDue(): void {
    this.advance(0);
  }

  /** The process stood still: time went on, and no timer ran until now. */
  freeze(forMs: number): void {
    this.moveTo(this.elapsed + forMs);
    this.runDue();
  }

  /** The time of day jumps; what has elapsed does not. */
  jumpTimeOfDay(byMs: number): void {
    this.timeOfDay += byMs;
  }

  private add(dueMs: number, task: () => void): Cancel {
    const timer: Timer = { dueMs, order: this.order++, task };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  private earliest(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      if (
        first === undefined ||
        timer.dueMs < first.dueMs ||
        (timer.dueMs === first.dueMs && timer.order < first.order)
      )
        first = timer;
    }
    return first;
  }

  private moveTo(elapsedMs: number): void {
    this.timeOfDay += elapsedMs - this.elapsed;
    this.elapsed = elapsedMs;
  }
}

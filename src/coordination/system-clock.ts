import type { Cancel, Clock } from '../contracts/clock.js';

/** The machine's own time. */
export class SystemClock implements Clock {
  nowMs(): number {
    return Date.now();
  }

  elapsedMs(): number {
    return performance.now();
  }

  after(delayMs: number, task: () => void): Cancel {
    const timer = setTimeout(task, delayMs).unref();
    return () => {
      clearTimeout(timer);
    };
  }

  every(periodMs: number, task: () => void): Cancel {
    const timer = setInterval(task, periodMs).unref();
    return () => {
      clearInterval(timer);
    };
  }
}

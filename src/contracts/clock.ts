/** Time, so that tests can turn it by hand. */
export interface Clock {
  /** The time of day, milliseconds since 1970; it may jump. */
  nowMs(): number;
  /** Milliseconds since some fixed moment; never goes back. All durations are measured with it. */
  elapsedMs(): number;
  /** Runs `task` once after `delayMs`; never keeps the process alive. */
  after(delayMs: number, task: () => void): Cancel;
  /** Runs `task` every `periodMs`; never keeps the process alive. */
  every(periodMs: number, task: () => void): Cancel;
}

/** Takes a timer back; calling it again does nothing. */
export type Cancel = () => void;

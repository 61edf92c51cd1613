import type { Cancel, Clock } from '../contracts/clock.js';
import type { Recorder, ResyncResult } from '../contracts/recorder.js';
import type { Resync } from '../contracts/resync.js';
import type { Topic } from '../domain/topic.js';
import type { Envelope } from '../domain/user-event.js';

/** Who lost something for good in a gap. */
export interface Resynced {
  readonly topic: Topic;
  /**
   * The present state, or undefined where it could not be read; not called after `forget`. `isAskedAgain`:
   * another gap has ended meanwhile, and another answer follows.
   */
  ended(answer: readonly Envelope[] | undefined, isAskedAgain: boolean): void;
}

const PERIOD_MS = 100;
const TIMEOUT_MS = 10_000;
const MAX_RUNNING = 50;

/**
 * Calls the resync port for whoever asks, at a limited rate and at most 50 at a time, each for 10 s at most.
 * Whoever waits for a turn waits once, however often it asks; a call that fails is not repeated.
 */
export class Resyncs {
  private readonly waiting = new Set<Resynced>();
  private readonly running = new Map<Resynced, Cancel>();
  private timer: Cancel | undefined;
  private readonly perPeriod: number;
  private credit = 0;

  constructor(
    private readonly port: Resync,
    perSecond: number,
    private readonly clock: Clock,
    private readonly recorder: Recorder,
  ) {
    this.perPeriod = (perSecond * PERIOD_MS) / 1000;
  }

  ask(who: Resynced): void {
    this.waiting.add(who);
    if (this.timer !== undefined) return;
    this.credit = Math.max(1, this.perPeriod);
    this.timer = this.clock.every(PERIOD_MS, () => {
      this.nextPeriod();
    });
    this.startSome();
  }

  /** Whoever left is told nothing. */
  forget(who: Resynced): void {
    const waited = this.waiting.delete(who);
    const stop = this.running.get(who);
    if (stop !== undefined) this.end(who, stop);
    if (waited || stop !== undefined) this.recorder.resynced('left');
  }

  close(): void {
    for (const who of [...this.waiting, ...this.running.keys()]) this.forget(who);
    this.timer?.();
    this.timer = undefined;
  }

  /** The timer outlives the last that waited by one period: whoever asks next keeps to the rate too. */
  private nextPeriod(): void {
    if (this.waiting.size === 0) {
      this.timer?.();
      this.timer = undefined;
      return;
    }
    this.credit = Math.min(this.credit + this.perPeriod, Math.max(1, this.perPeriod));
    this.startSome();
  }

  private startSome(): void {
    for (const who of this.waiting) {
      if (this.credit < 1 || this.running.size >= MAX_RUNNING) return;
      // A gap that ends while its topic is still being read is read anew afterwards.
      if (this.running.has(who)) continue;
      this.credit -= 1;
      this.waiting.delete(who);
      this.start(who);
    }
  }

  private start(who: Resynced): void {
    const finish = (result: ResyncResult, answer?: readonly Envelope[]): void => {
      // It was forgotten, or had its time, and is no longer waited for.
      if (this.running.get(who) !== stop) return;
      this.end(who, stop);
      this.recorder.resynced(result);
      who.ended(answer, this.waiting.has(who));
    };
    const stop = this.clock.after(TIMEOUT_MS, () => {
      finish('timed_out');
    });
    this.running.set(who, stop);
    this.read(who.topic)
      .then(
        (answer) => {
          finish('answered', answer);
        },
        (error: unknown) => {
          this.recorder.failed('resync', error);
          finish('failed');
        },
      )
      // An answer that is no list of envelopes at all is a port that failed.
      .catch((error: unknown) => {
        this.recorder.failed('resync', error);
      });
  }

  /** A port that throws instead of rejecting is one that failed. */
  private async read(topic: Topic): Promise<readonly Envelope[]> {
    return this.port.read(topic);
  }

  private end(who: Resynced, stop: Cancel): void {
    stop();
    this.running.delete(who);
  }
}

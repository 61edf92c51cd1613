import type { Cancel, Clock } from '../contracts/clock.js';
import type { FleetSwitch, StopHearing, StopSpread } from '../contracts/kill-switch.js';
import type { Recorder } from '../contracts/recorder.js';
import { StopStoreRefused, type StopStore } from '../contracts/stop-store.js';
import { grantedStop, type StopState, type StopWish } from '../domain/stop-state.js';
import { readStopText, stopText } from '../domain/stop-text.js';
import type { StopFile } from './stop-file.js';
import { StopLatch } from './stop-latch.js';

export interface FleetKillSwitchOptions {
  readonly store: StopStore;
  /** keeps what holds here over a restart; left out: the memory alone */
  readonly file?: StopFile;
  readonly clock: Clock;
  readonly recorder: Pick<Recorder, 'failed'>;
  /** longest time between two readings of the store, milliseconds, default 1,000 */
  readonly pollIntervalMs?: number;
  /** how long a start waits for the first reading, milliseconds, default 2,000; 0: not at all */
  readonly startWaitMs?: number;
  /** spreads the readings of a fleet; from 0 up to 1 */
  readonly random?: () => number;
}

/** How often a wish is tried when others write at the same time. */
const TRIES = 8;

/**
 * Holds the highest word that this replica has heard: from the store, which is read every second, from
 * announcements, from its file, and from whoever speaks to it. A store that knows less is told.
 */
export class FleetKillSwitch implements FleetSwitch {
  private readonly latch: StopLatch;
  private readonly stops: Cancel[] = [];
  private cancelPoll: Cancel = () => undefined;
  private reading: Promise<void> | undefined;
  private waiting: (() => void)[] = [];
  private confirmedAtMs: number | undefined;
  private problem: string | undefined;
  /** what the store held that was taken for a stop, so that it is taken for one only once */
  private unreadable: string | undefined;
  private closed = false;

  constructor(private readonly options: FleetKillSwitchOptions) {
    this.latch = new StopLatch(options.file, options.recorder);
  }

  /** Takes up the file, listens, and waits a while for the first reading. Never rejects. */
  async start(): Promise<void> {
    const { store, clock, startWaitMs = 2_000 } = this.options;
    await this.latch.load();
    if (this.closed) return;
    this.stops.push(
      store.listen((text) => {
        this.announced(text);
      }),
      store.onConnected(() => void this.read()),
    );
    if (startWaitMs === 0) {
      void this.read();
      return;
    }
    await new Promise<void>((resolve) => {
      const cancel = clock.after(startWaitMs, resolve);
      void this.confirmed().then(() => {
        cancel();
        resolve();
      });
    });
  }

  state(): StopState {
    return this.latch.state;
  }

  onChange(listener: () => void): Cancel {
    return this.latch.onChange(listener);
  }

  hearing(): StopHearing {
    const problems = [this.problem, this.latch.problem].filter((each) => each !== undefined);
    return { confirmedAtMs: this.confirmedAtMs, problems };
  }

  async confirmed(): Promise<void> {
    if (this.closed) return;
    const told = new Promise<void>((resolve) => this.waiting.push(resolve));
    // A question that is under way may have been asked too early.
    void (this.reading ?? Promise.resolve()).then(() => this.read());
    await told;
  }

  async say(wish: StopWish): Promise<StopSpread> {
    if (this.isOvertaken(wish)) return { reached: 'nobody', state: this.latch.state };
    // Whoever stops is not kept waiting; what answers another word waits until it is certain that it does.
    if (wish.over === undefined) this.latch.hear(this.granted(wish));
    let spread: StopSpread;
    try {
      spread = await this.sayToFleet(wish);
    } catch (error) {
      if (wish.over !== undefined && !this.isOvertaken(wish)) this.latch.hear(this.granted(wish));
      spread = await this.sayHere(this.problemOf(error));
    }
    await this.latch.settled();
    return spread;
  }

  /** Rejects as the store does. */
  private async sayToFleet(wish: StopWish): Promise<StopSpread> {
    const { store } = this.options;
    for (let left = TRIES; left > 0; left--) {
      const text = await store.read();
      const there = text === undefined ? undefined : readStopText(text);
      if (there !== undefined) this.latch.hear(there);
      if (this.isOvertaken(wish)) return { reached: 'nobody', state: this.latch.state };
      const { state } = this.latch;
      const holds = wish.over === undefined && state.stopped === wish.stopped;
      const granted = holds ? state : this.granted(wish);
      if (wish.over === undefined) this.latch.hear(granted);
      const heardBy = await this.put(text, granted);
      if (heardBy === undefined) continue;
      this.latch.hear(granted);
      return { reached: 'fleet', state: granted, heardBy };
    }
    return this.sayHere('Others write at the same time: try again.');
  }

  /** What cannot be kept may still be heard: a store that is full takes no key, and carries announcements. */
  private async sayHere(problem: string): Promise<StopSpread> {
    const { state } = this.latch;
    const heardBy = await this.options.store.announce(stopText(state)).catch(() => 0);
    return { reached: 'replica', state, heardBy, problem };
  }

  private granted(wish: StopWish): StopState {
    return grantedStop(wish, this.latch.state, this.options.clock.nowMs());
  }

  private isOvertaken({ over }: StopWish): boolean {
    return over !== undefined && over !== this.latch.state.epoch;
  }

  /** Stops asking; what holds may still be read. */
  async close(): Promise<void> {
    this.closed = true;
    this.cancelPoll();
    for (const stop of this.stops.splice(0)) stop();
    this.release(this.waiting);
    await this.latch.settled();
  }

  /** Calls that overlap share one reading. Never rejects. */
  private read(): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.cancelPoll();
    this.reading ??= this.readOnce().finally(() => {
      this.reading = undefined;
      this.pollLater();
    });
    return this.reading;
  }

  private pollLater(): void {
    if (this.closed) return;
    const { clock, pollIntervalMs = 1_000, random = Math.random } = this.options;
    this.cancelPoll();
    this.cancelPoll = clock.after(pollIntervalMs * (0.8 + 0.2 * random()), () => void this.read());
  }

  private async readOnce(): Promise<void> {
    const asked = this.waiting.splice(0);
    try {
      // Where another one wrote first, what it wrote is read.
      for (let left = TRIES; left > 0; left--) {
        const text = await this.options.store.read();
        this.hearStored(text);
        this.confirmedAtMs = this.options.clock.nowMs();
        this.problem = undefined;
        this.release(asked);
        if (await this.writeBack(text)) return;
      }
    } catch (error) {
      this.problem = this.problemOf(error);
      // Who may never read has nothing to wait for; who is not answered waits on.
      if (error instanceof StopStoreRefused) this.release(asked);
      else this.waiting.unshift(...asked);
    }
  }

  private hearStored(text: string | undefined): void {
    if (text === undefined) {
      this.latch.hearNothing();
      return;
    }
    const state = readStopText(text);
    if (state === undefined) this.hearUnreadable(text);
    else {
      this.unreadable = undefined;
      this.latch.hear(state);
    }
  }

  /** What cannot be read never lifts a stop, and may have been meant as one by somebody in a hurry. */
  private hearUnreadable(text: string): void {
    if (text === this.unreadable) return;
    this.unreadable = text;
    const { clock, recorder } = this.options;
    recorder.failed('kill_switch', new Error('the stop key holds what is neither stop nor lift'));
    const why = 'The stop key held what is neither stop nor lift, and was taken for a stop.';
    const wish = { stopped: true, by: 'crossfade', why };
    this.latch.hear(grantedStop(wish, this.latch.state, clock.nowMs()));
  }

  /** A store that was emptied, or that knows less, is told what holds. Says whether it holds that now. */
  private async writeBack(stands: string | undefined): Promise<boolean> {
    const { state } = this.latch;
    if (state.epoch === 0 || stopText(state) === stands) return true;
    return (await this.put(stands, state)) !== undefined;
  }

  /** How many heard of it; undefined where another one wrote first. */
  private async put(stands: string | undefined, state: StopState): Promise<number | undefined> {
    const { store } = this.options;
    const text = stopText(state);
    if (!(await store.replace(stands, text))) return undefined;
    this.unreadable = undefined;
    // Whoever does not hear of it reads it within a second.
    return store.announce(text).catch(() => 0);
  }

  private announced(text: string): void {
    const state = readStopText(text);
    if (state !== undefined) this.latch.hear(state);
    // Whoever announced that is behind, or spoke nonsense: the store says what is true, and is told where it is behind too.
    if (state === undefined || stopText(this.latch.state) !== text) void this.read();
  }

  private release(waiting: (() => void)[]): void {
    for (const resolve of waiting.splice(0)) resolve();
  }

  private problemOf(error: unknown): string {
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof StopStoreRefused)
      return `Redis does not let this process use the stop key (${why}): allow it, until then each replica must be told by itself.`;
    return `The fleet's stop was not read or written (${why}): see to Redis; until then this replica holds what it heard last.`;
  }
}

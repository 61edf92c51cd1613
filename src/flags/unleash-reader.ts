import type { Cancel, Clock } from '../contracts/clock.js';
import type { CohortReader, FlagState } from '../contracts/cohort-reader.js';
import type { FlagStorage } from '../contracts/flag-storage.js';
import type { Recorder } from '../contracts/recorder.js';
import type { Cohorts } from '../domain/route.js';
import { FlagFetch } from './flag-fetch.js';
import { clientFeatures } from './client-features.js';
import { FlagsInForce } from './flags-in-force.js';
import { LastKnownGood } from './last-known-good.js';

export interface UnleashReaderOptions {
  /** the API's base, such as `https://unleash.example.org/api` */
  readonly url: string;
  /** a backend token of the environment; never printed */
  readonly token: string;
  readonly clock: Clock;
  readonly recorder: Pick<Recorder, 'failed'>;
  /** by which the server names this client; default `crossfade` */
  readonly appName?: string;
  /** milliseconds between two questions, ± 10 % by process; default 1000 */
  readonly pollIntervalMs?: number;
  /** milliseconds until one attempt is given up, at least 1000; default 3000 */
  readonly requestTimeoutMs?: number;
  /** milliseconds that the start waits for the server at most; default 5000 */
  readonly startLimitMs?: number;
  /** read from the server's stream of changes while it offers one, else poll; default true */
  readonly streaming?: boolean;
  /** where the flags that were fetched last are kept; the newest counts */
  readonly storages?: readonly FlagStorage[];
  /**
   * Gives flags in Unleash's client-features format for a first start without a server: asked only where every
   * storage says that it has never held any.
   */
  readonly bootstrap?: () => Promise<unknown>;
  /** 0 to 1, for the jitter; default `Math.random` */
  readonly random?: () => number;
}

/** The client is built anew this long after the server has turned it away, doubling up to the second. */
const TURNED_AWAY_FIRST_MS = 2_000;
const TURNED_AWAY_MOST_MS = 60_000;
/** A stream that ended is asked for again after this long; until then the server is polled. */
const STREAM_AGAIN_MS = 300_000;

/**
 * Reads the flags from an Unleash server. While the server is ill, whatever is in force stays so; after a
 * restart that is what the server said last, from a storage.
 */
export class UnleashReader implements CohortReader {
  private readonly flags: FlagsInForce;
  private readonly lastKnownGood: LastKnownGood;
  private readonly pollIntervalMs: number;
  private fetch: FlagFetch | undefined;
  private closed = false;
  private cancelRebuild: Cancel = () => undefined;
  private cancelPulse: Cancel = () => undefined;
  private cancelStreamAgain: Cancel = () => undefined;
  /** whether the next client begins with the stream */
  private streams: boolean;
  private rebuildDelayMs = TURNED_AWAY_FIRST_MS;
  /** the first failure since the last answer, `Clock.elapsedMs()` */
  private illSinceMs: number | undefined;
  /** why the server was not understood last; undefined while it is */
  private contactProblem: string | undefined;
  /** what the server said last, whether or not it was refused */
  private lastText: string | undefined;
  private lastVerdict: 'in_force' | 'refused' | 'none' = 'none';

  constructor(private readonly options: UnleashReaderOptions) {
    const { clock, recorder, storages = [], pollIntervalMs = 1_000, random = Math.random } = options;
    this.streams = options.streaming ?? true;
    this.flags = new FlagsInForce(clock, recorder);
    this.lastKnownGood = new LastKnownGood(storages, clock, recorder);
    this.pollIntervalMs = Math.round(pollIntervalMs * (0.9 + 0.2 * random()));
  }

  /**
   * Asks the server, and resolves with what is then known: its answer, or after a failure or the start limit
   * what it said last, or the bootstrap, or nothing. Never rejects. From then on follows the server.
   */
  async start(): Promise<void> {
    if (this.closed) return;
    const { clock, startLimitMs = 5_000, bootstrap } = this.options;
    this.cancelPulse = clock.every(this.pollIntervalMs, () => {
      this.pulse();
    });
    const loading = this.lastKnownGood.load(startLimitMs);
    await this.firstAnswer(startLimitMs);
    if (this.flags.inForce() !== undefined) return;
    const { stored, isFirstStart } = await loading;
    // The server may have answered while the storages were read.
    if (this.flags.inForce() !== undefined) return;
    if (stored !== undefined) this.flags.offer(stored.features, 'storage', stored.confirmedAtMs);
    // What the server says, however surprising, is no first start without it.
    else if (isFirstStart && this.lastText === undefined) await this.takeBootstrap(bootstrap);
  }

  cohorts(uid: string): Cohorts | undefined {
    return this.flags.cohorts(uid);
  }

  state(): FlagState {
    const state = this.flags.state();
    if (this.contactProblem === undefined) return state;
    return { ...state, problems: [this.contactProblem, ...state.problems] };
  }

  onChange(listener: () => void): Cancel {
    return this.flags.onChange(listener);
  }

  /** Stops asking, also in the middle of an outage; what is in force may still be asked. Again: does nothing. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.cancelRebuild();
    this.cancelPulse();
    this.cancelStreamAgain();
    this.fetch?.stop();
    this.flags.close();
  }

  private async takeBootstrap(bootstrap: UnleashReaderOptions['bootstrap']): Promise<void> {
    if (bootstrap === undefined) return;
    try {
      const features = await bootstrap();
      if (this.flags.inForce() === undefined) this.flags.offer(features, 'bootstrap');
    } catch (error) {
      const reason = error instanceof SyntaxError ? 'not valid JSON' : reasonOf(error as Error);
      this.flags.refuse([`The bootstrap of the flags cannot be read (${reason}): mend it, or leave it out.`]);
    }
  }

  /** Resolves at the server's first answer or failure, at the latest after `limitMs`. */
  private async firstAnswer(limitMs: number): Promise<void> {
    let cancel: Cancel = () => undefined;
    const limit = new Promise<void>((resolve) => {
      cancel = this.options.clock.after(limitMs, () => {
        this.contactProblem ??= this.silence();
        resolve();
      });
    });
    await Promise.race([this.build(), limit]);
    cancel();
  }

  private async build(): Promise<void> {
    if (this.closed) return;
    const { url, token, appName = 'crossfade', requestTimeoutMs = 3_000, clock } = this.options;
    const { pollIntervalMs, streams: streaming } = this;
    let answered = (): void => undefined;
    // A stream's start resolves before it has said anything, so that the first word counts, not the start.
    const firstWord = new Promise<void>((resolve) => (answered = resolve));
    this.fetch?.stop();
    const fetch: FlagFetch = new FlagFetch(
      { url, token, appName, pollIntervalMs, requestTimeoutMs, streaming, clock },
      {
        fetched: (features) => {
          this.take(features);
          answered();
        },
        unchanged: () => {
          this.answered();
        },
        failed: (error, status) => {
          this.failed(error, status);
          answered();
        },
        streamEnded: (offered) => {
          this.streamEnded(offered);
        },
        streamOffered: () => {
          this.streams = true;
          this.rebuildAfter(pollIntervalMs);
        },
      },
    );
    this.fetch = fetch;
    void fetch.start();
    await firstWord;
  }

  private streamEnded(offered: boolean): void {
    this.streams = false;
    this.cancelStreamAgain();
    if (!offered) return;
    this.cancelStreamAgain = this.options.clock.after(STREAM_AGAIN_MS, () => {
      this.streams = true;
      this.rebuildAfter(0);
    });
  }

  private take(features: unknown): void {
    // The client's storage gets every answer, also one in which only other flags have changed.
    const text = JSON.stringify(features);
    if (text !== this.lastText) {
      this.lastText = text;
      this.lastVerdict = this.flags.offer(features, 'server');
      const set = this.flags.inForce();
      if (this.lastVerdict === 'in_force' && set !== undefined)
        this.lastKnownGood.changed(clientFeatures(set));
    }
    this.answered();
  }

  /** The server has answered, and still says what it said. */
  private answered(): void {
    const illForMs = this.options.clock.elapsedMs() - (this.illSinceMs ?? Infinity);
    this.contactProblem = undefined;
    this.illSinceMs = undefined;
    this.rebuildDelayMs = TURNED_AWAY_FIRST_MS;
    const set = this.flags.inForce();
    if (this.lastVerdict === 'in_force' && set !== undefined) {
      this.flags.confirm();
      this.lastKnownGood.confirmed(clientFeatures(set));
    }
    // After several failures the client would stay slow for as many answers: a new one is quick at once.
    if (illForMs > 2 * this.pollIntervalMs) this.rebuildAfter(0);
  }

  private failed(error: Error, status: 401 | 403 | undefined): void {
    this.illSinceMs ??= this.options.clock.elapsedMs();
    this.contactProblem =
      status === undefined
        ? `The Unleash server ${this.host()} does not answer as it should (${reasonOf(error)}): see to it; until then what is in force stays so.`
        : `The Unleash server ${this.host()} refuses the token (${status}): give a backend token of the right environment; until then what is in force stays so.`;
    this.options.recorder.failed('read_flags', new Error(this.contactProblem));
    if (status === undefined) return;
    this.rebuildAfter(this.rebuildDelayMs);
    this.rebuildDelayMs = Math.min(this.rebuildDelayMs * 2, TURNED_AWAY_MOST_MS);
  }

  private rebuildAfter(delayMs: number): void {
    this.cancelRebuild();
    if (this.closed) return;
    this.cancelRebuild = this.options.clock.after(delayMs, () => void this.build());
  }

  /** A stream is silent while nothing changes; while it stands, what was said last still holds. */
  private pulse(): void {
    if (
      this.contactProblem === undefined &&
      this.fetch?.isStreaming() === true &&
      this.lastText !== undefined
    )
      this.answered();
  }

  private silence(): string {
    return `The Unleash server ${this.host()} did not answer in time: see to it; until then what is in force stays so.`;
  }

  private host(): string {
    return URL.canParse(this.options.url) ? new URL(this.options.url).host : '(no address)';
  }
}

/** What a failure was, short, and without what a server may have echoed of the request. */
function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return code;
  const [, status] = /(?:responded|was) (?:\w+ \()?(\d{3})/.exec(error.message) ?? [];
  return status ?? error.name;
}

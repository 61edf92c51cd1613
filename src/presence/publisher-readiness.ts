import type { Cancel, Clock } from '../contracts/clock.js';
import { readinessUrl } from './presence-url.js';

/** An answer that takes longer is none. */
const LIMIT_MS = 3_000;
/** so many in a row, before they count */
const BAD_ANSWERS = 3;
const GOOD_ANSWERS = 2;

/** Who is told what the publisher says of itself. No call may throw. */
export interface ReadinessListener {
  /** It has not said that it can publish since `sinceMs`, of `Clock.elapsedMs()`. */
  unready(sinceMs: number): void;
  /** It says so again, or says nothing about it any more. */
  ready(): void;
  /** It has no such page: an answer that says nothing about it. Told once. */
  unknown(status: number): void;
}

export interface ReadinessOptions {
  /** the publisher's base URL */
  readonly serviceUrl: string;
  readonly clock: Clock;
  readonly listener: ReadinessListener;
  /** from one question to the next, milliseconds */
  readonly intervalMs: number;
}

type Answer = 'good' | 'bad' | 'unknown';

/**
 * Asks the publisher's `/readyz`, which pings the connection that really publishes. Three answers in a row that say
 * it is not ready, or do not come, count; two others in a row end that. A publisher, or whatever stands before it,
 * that has no such page says nothing.
 */
export class PublisherReadiness {
  private readonly url: string;
  private readonly stopAsking: Cancel;
  private asking: AbortController | undefined;
  private cancelLimit: Cancel | undefined;
  private goodSinceMs: number;
  private bad = 0;
  private others = 0;
  private isUnready = false;
  private isKnownToBeUnknown = false;
  private isClosed = false;

  /** @throws CrossfadeError `invalid_settings` where `serviceUrl` is no base URL */
  constructor(private readonly options: ReadinessOptions) {
    this.url = readinessUrl(options.serviceUrl);
    this.goodSinceMs = options.clock.elapsedMs();
    this.stopAsking = options.clock.every(options.intervalMs, () => {
      if (this.asking === undefined) void this.ask();
    });
  }

  close(): void {
    this.isClosed = true;
    this.stopAsking();
    this.cancelLimit?.();
    this.asking?.abort();
  }

  private async ask(): Promise<void> {
    const { clock } = this.options;
    const asking = (this.asking = new AbortController());
    const askedAtMs = clock.elapsedMs();
    this.cancelLimit = clock.after(LIMIT_MS, () => {
      asking.abort();
    });
    const answer = await this.answer(asking.signal);
    this.cancelLimit();
    this.asking = undefined;
    if (!this.isClosed) this.heed(answer, askedAtMs);
  }

  private async answer(signal: AbortSignal): Promise<Answer> {
    try {
      const response = await fetch(this.url, { signal, redirect: 'manual' });
      await response.body?.cancel();
      if (response.ok) return 'good';
      if (response.status >= 500 && response.status !== 501) return 'bad';
      this.tellUnknown(response.status);
      return 'unknown';
    } catch {
      return 'bad';
    }
  }

  private heed(answer: Answer, askedAtMs: number): void {
    const { listener } = this.options;
    if (answer === 'good') this.goodSinceMs = askedAtMs;
    this.bad = answer === 'bad' ? this.bad + 1 : 0;
    this.others = answer === 'bad' ? 0 : this.others + 1;
    if (!this.isUnready && this.bad >= BAD_ANSWERS) {
      this.isUnready = true;
      listener.unready(this.goodSinceMs);
    } else if (this.isUnready && this.others >= GOOD_ANSWERS) {
      this.isUnready = false;
      listener.ready();
    }
  }

  private tellUnknown(status: number): void {
    if (this.isKnownToBeUnknown || this.isClosed) return;
    this.isKnownToBeUnknown = true;
    this.options.listener.unknown(status);
  }
}

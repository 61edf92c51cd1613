import { randomUUID } from 'node:crypto';
import type { Cancel, Clock } from '../contracts/clock.js';

/** The link that a canary proves. */
export interface ProvenLink {
  /** when the last PING was sent that was answered, of `Clock.elapsedMs()`: what Redis wrote before it has been read */
  readonly provenAtMs: number;
  subscribe(channel: string): Promise<unknown>;
  /** Tears the connection; it comes back by itself. */
  breakOff(cause: 'canary', why: string): void;
}

/** Who is told how canaries fare. No call may throw. */
export interface CanaryListener {
  /** One has come home: what is published is heard. */
  heard(): void;
  /** One was published and did not come home; nothing is proven to have come since `sinceMs`, of `Clock.elapsedMs()`. */
  lost(sinceMs: number): void;
  /** One could not be published, which says nothing about the link. */
  unsent(): void;
  /** Redis allows none; there will be no more. */
  off(error: Error): void;
}

export interface CanaryOptions {
  readonly clock: Clock;
  /** over another connection than the one that is proven; rejects where it cannot */
  readonly publish: (channel: string, text: string) => Promise<unknown>;
  readonly listener: CanaryListener;
  /** how often one is sent, 100 to 60,000 ms; default 1,000 */
  readonly intervalMs?: number;
  /** how much later than the canary the link must have answered, before the canary counts as lost; default 1,500 ms */
  readonly limitMs?: number;
}

interface Flight {
  readonly number: number;
  readonly sentAtMs: number;
  /** when Redis had taken it */
  takenAtMs: number | undefined;
}

/**
 * Small messages on a channel of our own that prove that what is published is heard: a link can answer every PING
 * and carry nothing. One is lost only when the link has answered what was asked well after Redis had taken it, so
 * that neither a slow link nor a process that stood still loses one.
 */
export class Canary {
  /** random, so that it is no user's channel, whatever the prefixes are, and no other replica's */
  readonly channel = `crossfade:canary:${randomUUID()}`;
  private readonly stopTicking: Cancel;
  private readonly limitMs: number;
  private flight: Flight | undefined;
  private sent = 0;
  private lastHeard = 0;
  private homeSinceMs = 0;
  /** counts connections, so that an answer of an earlier one changes nothing */
  private era = 0;
  private phase: 'away' | 'listening' | 'off' = 'away';

  constructor(
    private readonly link: ProvenLink,
    private readonly options: CanaryOptions,
  ) {
    const { clock, intervalMs = 1_000, limitMs = 1_500 } = options;
    this.limitMs = limitMs;
    this.stopTicking = clock.every(intervalMs, () => {
      this.tick();
    });
  }

  /** Since when nothing is proven to have come although the link has answered; undefined where nothing is missed. */
  get deafSinceMs(): number | undefined {
    const takenAtMs = this.flight?.takenAtMs;
    return takenAtMs !== undefined && this.link.provenAtMs > takenAtMs ? this.homeSinceMs : undefined;
  }

  /** The link is up, and knows no subscription yet. */
  up(): void {
    if (this.phase === 'off') return;
    const era = ++this.era;
    this.link.subscribe(this.channel).then(
      () => {
        if (era !== this.era || this.phase === 'off') return;
        this.phase = 'listening';
        this.homeSinceMs = this.options.clock.elapsedMs();
      },
      (error: unknown) => {
        if (isForbidden(error)) this.turnOff(error); // anything else is a broken link, which is told by itself
      },
    );
  }

  down(): void {
    this.era++;
    this.flight = undefined;
    if (this.phase === 'listening') this.phase = 'away';
  }

  /** Something came on its channel. */
  heard(text: string): void {
    const number = Number(text);
    if (!(number > this.lastHeard && number <= this.sent)) return;
    this.lastHeard = number;
    if (this.flight?.number === number) {
      this.homeSinceMs = this.flight.sentAtMs;
      this.flight = undefined;
    }
    this.options.listener.heard();
  }

  close(): void {
    this.phase = 'off';
    this.stopTicking();
  }

  private tick(): void {
    if (this.phase !== 'listening') return;
    const takenAtMs = this.flight?.takenAtMs;
    if (this.flight === undefined) this.send();
    else if (takenAtMs !== undefined && this.link.provenAtMs - takenAtMs >= this.limitMs) this.lose();
  }

  private send(): void {
    const { clock, publish, listener } = this.options;
    const flight: Flight = { number: ++this.sent, sentAtMs: clock.elapsedMs(), takenAtMs: undefined };
    this.flight = flight;
    publish(this.channel, String(flight.number)).then(
      () => {
        flight.takenAtMs = clock.elapsedMs();
      },
      (error: unknown) => {
        if (this.phase === 'off') return;
        if (this.flight === flight) this.flight = undefined;
        if (isForbidden(error)) this.turnOff(error);
        else listener.unsent();
      },
    );
  }

  private lose(): void {
    this.phase = 'away';
    this.options.listener.lost(this.homeSinceMs);
    this.link.breakOff('canary', 'what was published did not come');
  }

  private turnOff(error: Error): void {
    if (this.phase === 'off') return;
    this.close();
    this.flight = undefined;
    this.options.listener.off(error);
  }
}

function isForbidden(error: unknown): error is Error {
  return error instanceof Error && error.message.startsWith('NOPERM');
}

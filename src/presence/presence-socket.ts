import type { Clock } from '../contracts/clock.js';
import type { Topic } from '../domain/topic.js';
import { backoffMs } from './backoff.js';
import { PresenceConnection } from './presence-connection.js';

/** A connection that lived this long proves that the next failure is a new one. */
const STABLE_MS = 10_000;

export interface SocketTimings {
  readonly clock: Clock;
  readonly pingIntervalMs: number;
  readonly lingerMs: number;
  /** 0 to 1, for the jitter of the backoff */
  readonly random: () => number;
}

/** Who keeps the sockets of all topics. */
export interface SocketOwner {
  /** The socket wants to connect; `connect` is to be called when there is room. */
  queue(socket: PresenceSocket): void;
  /** `askedAtMs`: when this connection was begun */
  opened(socket: PresenceSocket, askedAtMs: number): void;
  /** A connection that had been open is no more, against our will; the publisher was last heard at `sinceMs`. */
  lost(socket: PresenceSocket, sinceMs: number): void;
  /** Nobody holds it any more: its connection is being closed now, and this is told again when it is. */
  closed(socket: PresenceSocket): void;
  /** The first failure since all was well. */
  failed(error: unknown): void;
  /** Nothing is left of it. */
  gone(socket: PresenceSocket): void;
}

type Phase =
  | { readonly name: 'idle' | 'queued' }
  | { readonly name: 'waiting'; readonly retryAtMs: number }
  | {
      readonly name: 'connected';
      readonly connection: PresenceConnection;
      readonly askedAtMs: number;
      openedAtMs?: number;
      /** we have said goodbye; what is held again meanwhile waits until that is done */
      closingAtMs?: number;
    };

/** One topic's presence: connects as long as it is held, lingers, and comes back after a failure. */
export class PresenceSocket {
  private phase: Phase = { name: 'idle' };
  private holds = 0;
  private failures = 0;
  private lingerUntilMs = Infinity;

  constructor(
    readonly topic: Topic,
    private readonly url: string,
    private readonly timings: SocketTimings,
    private readonly owner: SocketOwner,
  ) {}

  get isHeld(): boolean {
    return this.holds > 0;
  }

  get isOpen(): boolean {
    const { phase } = this;
    return phase.name === 'connected' && phase.openedAtMs !== undefined && phase.closingAtMs === undefined;
  }

  /** It has failed and will try again. */
  get isWaiting(): boolean {
    return this.phase.name === 'waiting';
  }

  hold(): void {
    this.holds++;
    if (this.phase.name === 'idle') this.enqueue();
  }

  release(how: 'at_leisure' | 'at_once' = 'at_leisure'): void {
    this.holds--;
    if (this.holds > 0) return;
    const lingerMs = how === 'at_once' ? 0 : this.timings.lingerMs;
    this.lingerUntilMs = this.timings.clock.elapsedMs() + lingerMs;
    if (this.phase.name !== 'connected') this.leave();
    else if (lingerMs === 0) this.closeConnection();
  }

  /** Everybody lets go at once, and nothing lingers. */
  abandon(): void {
    this.holds = 0;
    if (this.phase.name === 'connected') this.closeConnection();
    else this.leave();
  }

  connect(): void {
    if (this.phase.name !== 'queued') return;
    const { clock, pingIntervalMs } = this.timings;
    try {
      const connection = new PresenceConnection(this.url, clock, pingIntervalMs, {
        opened: () => {
          this.opened();
        },
        ended: (error, heardAtMs) => {
          this.ended(error, heardAtMs);
        },
      });
      this.phase = { name: 'connected', connection, askedAtMs: clock.elapsedMs() };
    } catch (error) {
      this.retryLater(error);
    }
  }

  sweep(nowMs: number): void {
    const { phase } = this;
    if (phase.name === 'waiting' && nowMs >= phase.retryAtMs) this.enqueue();
    if (phase.name !== 'connected' || phase.closingAtMs !== undefined) return;
    if (!this.isHeld && nowMs >= this.lingerUntilMs) this.closeConnection();
    else phase.connection.sweep(nowMs);
  }

  private opened(): void {
    const { phase } = this;
    if (phase.name !== 'connected' || phase.closingAtMs !== undefined) return;
    phase.openedAtMs = this.timings.clock.elapsedMs();
    this.owner.opened(this, phase.askedAtMs);
  }

  private ended(error: Error, heardAtMs: number | undefined): void {
    const { phase } = this;
    if (phase.name !== 'connected') return;
    const nowMs = this.timings.clock.elapsedMs();
    const { openedAtMs, closingAtMs } = phase;
    if (openedAtMs !== undefined && nowMs - openedAtMs >= STABLE_MS) this.failures = 0;
    // Its place is settled before the owner hears, who may close or hold from within.
    if (!this.isHeld) this.phase = { name: 'idle' };
    else if (closingAtMs !== undefined) this.enqueue();
    else this.retryLater(error);
    if (closingAtMs !== undefined) this.owner.closed(this);
    else if (openedAtMs !== undefined) this.owner.lost(this, heardAtMs ?? openedAtMs);
    if (!this.isHeld) this.leave();
  }

  private retryLater(error: unknown): void {
    this.failures++;
    this.phase = {
      name: 'waiting',
      retryAtMs: this.timings.clock.elapsedMs() + backoffMs(this.failures, this.timings.random),
    };
    if (this.failures === 1) this.owner.failed(error);
  }

  private enqueue(): void {
    this.phase = { name: 'queued' };
    this.owner.queue(this);
  }

  private closeConnection(): void {
    const { phase } = this;
    if (phase.name !== 'connected' || phase.closingAtMs !== undefined) return;
    phase.closingAtMs = this.timings.clock.elapsedMs();
    phase.connection.close();
    // The publisher may fall silent before we know that it has heard the goodbye, or even that it was open.
    this.owner.closed(this);
  }

  private leave(): void {
    this.phase = { name: 'idle' };
    this.owner.gone(this);
  }
}

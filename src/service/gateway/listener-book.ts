import type { Cancel, Clock } from '../../index.js';
import { GOODBYE_WITHIN_MS, type GatewayLimits } from './gateway-limits.js';
import { Refusal } from './refusal.js';

/** Why the book sends somebody away. */
export type ListenerEnding = 'draining' | 'expired';

/** A client while it listens, over whichever transport. */
export interface Listener {
  readonly uid: string;
  /** the time of day at which its token ends, milliseconds; undefined: never */
  readonly expiresAtMs: number | undefined;
  /** Called about once a second. */
  tick(elapsedMs: number): void;
  /** Sends it away; it leaves the book when it has gone. */
  end(why: ListenerEnding): void;
  /** Breaks the connection off. */
  cutOff(): void;
}

const TICK_MS = 1_000;
const DRAIN_STEP_MS = 50;

const DRAINING = new Refusal(503, 'draining', 'This process is ending. Connect to another one.');
const FULL = new Refusal(
  503,
  'full',
  'As many listen here as may. Connect to another process, or raise CROSSFADE_GATEWAY_MAX_CONNECTIONS.',
);
const UID_FULL = new Refusal(
  429,
  'uid_full',
  'As many listen to this uid as may. Close one, or raise CROSSFADE_GATEWAY_MAX_CONNECTIONS_PER_UID.',
);

/** Everybody who listens here, and how many may. */
export class ListenerBook {
  private readonly listeners = new Set<Listener>();
  private readonly perUid = new Map<string, number>();
  private readonly stopTicking: Cancel;
  private draining = false;

  constructor(
    private readonly limits: Pick<GatewayLimits, 'maxConnections' | 'maxConnectionsPerUid' | 'drainMs'>,
    private readonly clock: Clock,
  ) {
    this.stopTicking = clock.every(TICK_MS, () => {
      this.tick();
    });
  }

  /** Why one more of this uid may not come in now; undefined where it may. */
  objection(uid: string): Refusal | undefined {
    if (this.draining) return DRAINING;
    if (this.listeners.size >= this.limits.maxConnections) return FULL;
    if ((this.perUid.get(uid) ?? 0) >= this.limits.maxConnectionsPerUid) return UID_FULL;
    return undefined;
  }

  /** Returns how to leave. */
  enter(listener: Listener): Cancel {
    this.listeners.add(listener);
    this.perUid.set(listener.uid, (this.perUid.get(listener.uid) ?? 0) + 1);
    return () => {
      if (!this.listeners.delete(listener)) return;
      const left = (this.perUid.get(listener.uid) ?? 1) - 1;
      if (left === 0) this.perUid.delete(listener.uid);
      else this.perUid.set(listener.uid, left);
    };
  }

  /**
   * Lets nobody in any more and sends everybody away, evenly over the drain time, so that those who come back
   * elsewhere do not come all at once. Resolves when all were sent away.
   */
  async drain(): Promise<void> {
    this.draining = true;
    const all = [...this.listeners];
    const steps = Math.max(1, Math.min(all.length, Math.floor(this.limits.drainMs / DRAIN_STEP_MS)));
    const perStep = Math.ceil(all.length / steps);
    for (let first = 0; first < all.length; first += perStep) {
      if (first > 0) await this.pause(this.limits.drainMs / steps);
      for (const listener of all.slice(first, first + perStep)) listener.end('draining');
    }
    await this.farewells();
    this.stopTicking();
  }

  /** Whoever does not say goodbye in time is cut off. */
  private async farewells(): Promise<void> {
    const untilMs = this.clock.elapsedMs() + GOODBYE_WITHIN_MS;
    while (this.listeners.size > 0 && this.clock.elapsedMs() < untilMs) await this.pause(DRAIN_STEP_MS);
    for (const listener of this.listeners) listener.cutOff();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(ms, resolve));
  }

  private tick(): void {
    const elapsedMs = this.clock.elapsedMs();
    const nowMs = this.clock.nowMs();
    for (const listener of this.listeners) {
      listener.tick(elapsedMs);
      if (listener.expiresAtMs !== undefined && listener.expiresAtMs <= nowMs) listener.end('expired');
    }
  }
}

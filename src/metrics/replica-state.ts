import type { Targets } from '../domain/cohort-target.js';
import { FLAGS, type Flag } from '../domain/flag.js';

/** What one replica says of itself, besides what it counts. */
export class ReplicaState {
  lastAtMs = -Infinity;
  firstAtMs = Infinity;
  percents: Readonly<Partial<Record<Flag, number>>> = {};
  flagAgeMs: number | undefined;
  redisUp: boolean | undefined;
  private redisDownSinceMs: number | undefined;
  private wrongAtMs: number | undefined;
  private rightSinceMs: number | undefined;

  /** One reading of everything, in the order of time. */
  read(atMs: number, gauges: ReplicaGauges, targets: Targets): void {
    if (atMs <= this.lastAtMs) return;
    this.lastAtMs = atMs;
    this.firstAtMs = Math.min(this.firstAtMs, atMs);
    this.percents = gauges.percents;
    this.flagAgeMs = gauges.flagAgeMs;
    this.redisUp = gauges.redisUp;
    if (gauges.redisUp === false) this.redisDownSinceMs ??= atMs;
    else this.redisDownSinceMs = undefined;
    const right = FLAGS.every((flag) => gauges.percents[flag] === targets[flag].percent);
    if (!right) {
      this.wrongAtMs = atMs;
      this.rightSinceMs = undefined;
    } else this.rightSinceMs ??= atMs;
  }

  /** Since when it reports the targets; undefined while it does not; one that never said otherwise always has. */
  inForceSince(): number | undefined {
    if (this.rightSinceMs === undefined) return undefined;
    return this.wrongAtMs === undefined ? -Infinity : this.rightSinceMs;
  }

  /** Since which reading it has reported the targets without a break, as far as it was read. */
  get rightFromMs(): number | undefined {
    return this.rightSinceMs;
  }

  downForMs(nowMs: number): number {
    return this.redisDownSinceMs === undefined ? 0 : nowMs - this.redisDownSinceMs;
  }
}

export interface ReplicaGauges {
  readonly percents: Readonly<Partial<Record<Flag, number>>>;
  readonly flagAgeMs: number | undefined;
  readonly redisUp: boolean | undefined;
}

import type { UserSums } from '../../src/domain/evidence.js';
import { WeightedDraw, type Random } from './random.js';

/** Who the users are: how much each one gets, and how often a comparison of theirs mismatches. */
export interface Population {
  readonly traffic: readonly number[];
  readonly rates: readonly number[];
}

export type Traffic = 'even' | 'zipf' | 'one user at 30 %';

export const USERS = 500;

/** All users mismatch at the same rate. */
export function alike(traffic: Traffic, rate: number): Population {
  return { traffic: weights(traffic), rates: new Array<number>(USERS).fill(rate) };
}

/** The first few have 30 % of the traffic together and mismatch every second time; the others never do. */
export function fewBroken(broken: number): Population {
  return {
    traffic: Array.from({ length: USERS }, (_, i) => (i < broken ? 0.3 / broken : 0.7 / (USERS - broken))),
    rates: Array.from({ length: USERS }, (_, i) => (i < broken ? 0.5 : 0)),
  };
}

/** Each user's share of the traffic, not normalised. */
export function weights(traffic: Traffic): number[] {
  switch (traffic) {
    case 'even':
      return new Array<number>(USERS).fill(1);
    case 'zipf':
      return Array.from({ length: USERS }, (_, i) => 1 / (i + 1));
    case 'one user at 30 %':
      return Array.from({ length: USERS }, (_, i) => (i === 0 ? 0.3 : 0.7 / (USERS - 1)));
  }
}

/** A fleet that compares, event by event, and keeps the sums that the judge is given. */
export class Fleet {
  comparisons = 0;
  mismatches = 0;
  private distinctUsers = 0;
  private trials = 0;
  private firstMismatches = 0;
  private qualifiedUsers = 0;
  private mismatchedUsers = 0;
  private earlyTrials = 0;
  private earlyMismatches = 0;
  private readonly draw: WeightedDraw;
  private readonly seen: Int32Array;
  readonly mismatchesOf: Int32Array;

  constructor(
    private readonly population: Population,
    private readonly random: Random,
    draw?: WeightedDraw,
  ) {
    this.draw = draw ?? new WeightedDraw(population.traffic);
    this.seen = new Int32Array(population.traffic.length);
    this.mismatchesOf = new Int32Array(population.traffic.length);
  }

  /** Makes comparisons; returns how many of them mismatched. */
  compare(count: number): number {
    const before = this.mismatches;
    for (let i = 0; i < count; i++) {
      const user = this.draw.draw(this.random);
      this.add(user, this.random.unit() < (this.population.rates[user] ?? 0));
    }
    this.comparisons += count;
    return this.mismatches - before;
  }

  sums(): UserSums {
    const { distinctUsers, trials, firstMismatches, qualifiedUsers, mismatchedUsers } = this;
    const { earlyTrials, earlyMismatches } = this;
    return {
      ...{ distinctUsers, trials, firstMismatches, qualifiedUsers, mismatchedUsers },
      ...{ earlyTrials, earlyMismatches },
    };
  }

  private add(user: number, mismatched: boolean): void {
    const seen = (this.seen[user] ?? 0) + 1;
    this.seen[user] = seen;
    if (seen === 1) this.distinctUsers++;
    let wrong = this.mismatchesOf[user] ?? 0;
    if (wrong === 0) {
      this.trials++;
      if (seen <= 10) this.earlyTrials++;
    }
    if (mismatched) {
      this.mismatches++;
      this.mismatchesOf[user] = ++wrong;
      if (wrong === 1) {
        this.firstMismatches++;
        if (seen <= 10) this.earlyMismatches++;
      }
    }
    if (seen === 10) {
      this.qualifiedUsers++;
      if (wrong > 0) this.mismatchedUsers++;
    }
  }
}

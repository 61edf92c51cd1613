import type { Targets } from '../domain/cohort-target.js';
import { CATALOGUE } from './catalogue.js';
import { CounterTrack } from './counter-track.js';
import { BEGUN_ANEW } from './evidence-names.js';
import { ReplicaState } from './replica-state.js';

/** A raw sample of one series of one replica. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly replica: string;
  readonly atMs: number;
  readonly value: number;
}

/** A series that is followed. */
export interface TrackedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly replica: string;
  readonly track: CounterTrack;
}

/**
 * What the replicas have said since the percentages were written: their counters as tracks and the state of each.
 * It is only a cache: whoever takes over reads the same samples again and comes to the same sums.
 */
export class FleetBook {
  readonly replicas = new Map<string, ReplicaState>();
  private readonly series = new Map<string, TrackedSeries>();
  private sinceMs: number;

  constructor(
    readonly targets: Targets,
    writtenAtMs: number,
    private readonly changedAfterMs = writtenAtMs,
  ) {
    this.sinceMs = writtenAtMs;
  }

  /**
   * From when on the sums count: all replicas that report had the targets in force, and not before they were written.
   * Only ever moves on.
   */
  get beganAtMs(): number {
    return this.sinceMs;
  }

  /** Samples of a span of time, in any order; spans come in order. */
  add(samples: readonly MetricSample[]): void {
    const byMoment = new Map<string, MetricSample[]>();
    for (const sample of samples) {
      const key = `${sample.replica}\u0000${sample.atMs}`;
      const moment = byMoment.get(key);
      if (moment === undefined) byMoment.set(key, [sample]);
      else moment.push(sample);
    }
    const moments = [...byMoment.values()].sort((a, b) => (a[0]?.atMs ?? 0) - (b[0]?.atMs ?? 0));
    for (const moment of moments) this.addMoment(moment);
  }

  /** Moves the beginning on to when the last of those that report came in force, and forgets what is not needed. */
  settle(reporting: readonly string[], recentFromMs: number): void {
    let began = this.sinceMs;
    for (const name of reporting)
      began = Math.max(began, this.replicas.get(name)?.inForceSince() ?? -Infinity);
    this.sinceMs = began;
    for (const { track } of this.series.values()) track.keep(began, recentFromMs);
  }

  of(name: string): TrackedSeries[] {
    return [...this.series.values()].filter((each) => each.name === name);
  }

  private addMoment(moment: readonly MetricSample[]): void {
    const [{ replica, atMs } = { replica: '', atMs: 0 }] = moment;
    const state = this.replicas.get(replica) ?? new ReplicaState();
    const known = this.replicas.has(replica);
    this.replicas.set(replica, state);
    for (const sample of moment) this.trackOf(sample, known).add(atMs, sample.value);
    const before = state.rightFromMs;
    state.read(atMs, gaugesIn(moment), this.targets);
    if (state.rightFromMs !== before) this.followBeginning(replica, state);
  }

  /**
   * A replica begins the sums of its users anew when it takes up the percentages, which is before any scrape shows it:
   * most of its users may have been counted by then, once and for all.
   */
  private followBeginning(replica: string, { rightFromMs }: ReplicaState): void {
    for (const each of this.series.values()) {
      if (each.replica !== replica || !BEGUN_ANEW.has(each.name)) continue;
      if (rightFromMs !== undefined && rightFromMs > this.changedAfterMs) each.track.beginAnew();
      else each.track.forgetBeginning();
    }
  }

  private trackOf({ name, labels, replica }: MetricSample, replicaIsKnown: boolean): CounterTrack {
    const key = `${replica}\u0000${name}\u0000${Object.entries(labels).sort().join('\u0000')}`;
    let series = this.series.get(key);
    if (series === undefined) {
      const sums = name === CATALOGUE.users.name ? 'value_time' : 'value';
      series = { name, labels, replica, track: new CounterTrack(replicaIsKnown, sums) };
      this.series.set(key, series);
    }
    return series.track;
  }
}

function gaugesIn(moment: readonly MetricSample[]): Parameters<ReplicaState['read']>[1] {
  const of = (name: string, labels: Readonly<Record<string, string>> = {}): number | undefined =>
    moment.find(
      (each) =>
        each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
    )?.value;
  const compare = of(CATALOGUE.flagPercent.name, { flag: 'compare' });
  const serve = of(CATALOGUE.flagPercent.name, { flag: 'serve' });
  const ageSeconds = of(CATALOGUE.flagStateAge.name);
  const up = of(CATALOGUE.redisUp.name);
  return {
    percents: { ...(compare !== undefined && { compare }), ...(serve !== undefined && { serve }) },
    flagAgeMs: ageSeconds === undefined ? undefined : ageSeconds * 1000,
    redisUp: up === undefined ? undefined : up === 1,
  };
}

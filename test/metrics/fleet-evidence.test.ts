import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Targets } from '../../src/domain/cohort-target.js';
import type { Evidence } from '../../src/domain/evidence.js';
import { FleetBook, type MetricSample } from '../../src/metrics/fleet-book.js';
import { fleetEvidence } from '../../src/metrics/fleet-evidence.js';

const TARGETS: Targets = { compare: { percent: 100, canaries: [] }, serve: { percent: 25, canaries: [] } };
const WRITTEN_MS = 1_000_000;
const SECOND = 1000;

let book: FleetBook;

beforeEach(() => {
  book = new FleetBook(TARGETS, WRITTEN_MS);
});

/** What one replica shows at one scrape. */
function scrape(
  replica: string,
  atSecond: number,
  { matched = 0, missing = 0, serve = 25, stopped = false, trials = 0 } = {},
): void {
  const atMs = WRITTEN_MS + atSecond * SECOND;
  const sample = (name: string, value: number, labels: Record<string, string> = {}): MetricSample => ({
    ...{ name: `crossfade_${name}`, labels, replica, atMs, value },
  });
  book.add([
    sample('comparisons_total', matched, { class: 'matched', type: 'notif.sync' }),
    sample('comparisons_total', missing, { class: 'missing_in_redis', type: 'notif.sync' }),
    sample('trials_total', trials),
    sample('flag_percent', 100, { flag: 'compare' }),
    sample('flag_percent', serve, { flag: 'serve' }),
    sample('flag_state_age_seconds', 2),
    sample('users', 10, { stage: 'complete' }),
    sample('redis_up', stopped ? 0 : 1),
  ]);
}

function read(reporting: string[], atSecond: number, recentMs = 60 * SECOND): Evidence {
  const nowMs = WRITTEN_MS + atSecond * SECOND;
  return fleetEvidence(book, { nowMs, recentMs, reporting, expected: 2, problems: [], worstUsers: [] });
}

const matched = ({ comparisons }: Pick<Evidence, 'comparisons'>): number =>
  comparisons.find(({ outcome }) => outcome === 'matched')?.count ?? 0;

describe('given two replicas that come in force one after the other', () => {
  beforeEach(() => {
    scrape('a', -10, { matched: 100, serve: 5 });
    scrape('b', -10, { matched: 200, serve: 5 });
    scrape('a', 5, { matched: 110 });
    scrape('b', 5, { matched: 210, serve: 5 });
  });

  it('is not in force while one reports another percentage, and counts nothing for the soak', () => {
    expect(read(['a', 'b'], 6).inForce).toMatchObject({ comparePercent: 100, forMs: 0 });
    expect(read(['a', 'b'], 6).inForce.servePercent).toBeUndefined();
  });

  it('counts from when the last of them is, raw, and nothing that was before', () => {
    scrape('a', 20, { matched: 120 });
    scrape('b', 20, { matched: 230 });
    scrape('a', 50, { matched: 150 });
    scrape('b', 50, { matched: 260 });
    const evidence = read(['a', 'b'], 52);
    expect(evidence.sinceMs).toBe(WRITTEN_MS + 20 * SECOND);
    expect(matched(evidence)).toBe(30 + 30);
    expect(evidence.inForce).toEqual({
      ...{ comparePercent: 100, servePercent: 25, forMs: 32 * SECOND, flagAgeMs: 4 * SECOND },
    });
  });
});

describe('given sums that a replica begins anew with each percentage', () => {
  const trials = (reporting: string[], atSecond: number): number => read(reporting, atSecond).users.trials;

  beforeEach(() => {
    scrape('a', -10, { trials: 900, serve: 5 });
    scrape('b', -10, { trials: 3, serve: 5 });
  });

  it('counts what came before the scrape that first showed the percentage', () => {
    scrape('a', 5, { trials: 40 });
    scrape('b', 5, { trials: 50 });
    expect(trials(['a', 'b'], 6)).toBe(90);
    scrape('a', 20, { trials: 41 });
    scrape('b', 20, { trials: 51 });
    expect(trials(['a', 'b'], 21)).toBe(92);
  });

  it('counts each from its own beginning, and nothing of one that is not there yet', () => {
    scrape('a', 5, { trials: 40 });
    scrape('b', 5, { trials: 9, serve: 5 });
    scrape('b', 20, { trials: 7 });
    scrape('a', 20, { trials: 44 });
    expect(trials(['a', 'b'], 21)).toBe(44 + 7);
  });

  it('goes on after a restart, and reads nothing twice', () => {
    scrape('a', 5, { trials: 40 });
    scrape('a', 15, { trials: 60 });
    scrape('a', 25, { trials: 8 });
    scrape('a', 5, { trials: 40 });
    expect(trials(['a'], 26)).toBe(68);
  });

  it('begins again where the percentage was another for a while', () => {
    scrape('a', 5, { trials: 40 });
    scrape('a', 15, { trials: 2, serve: 5 });
    scrape('a', 25, { trials: 6 });
    expect(trials(['a'], 26)).toBe(6);
  });

  it('counts it all where the write is known late, because a controller died after it', () => {
    const intendedMs = WRITTEN_MS - 30 * SECOND;
    book = new FleetBook(TARGETS, WRITTEN_MS, intendedMs);
    scrape('a', -40, { trials: 900, serve: 5 });
    scrape('a', -20, { trials: 40 });
    scrape('a', 5, { trials: 45 });
    expect(trials(['a'], 6)).toBe(45);
  });

  it('counts from the write where the percentages stayed as they were', () => {
    scrape('c', -10, { trials: 900 });
    scrape('c', -1, { trials: 950 });
    scrape('c', 5, { trials: 960 });
    expect(trials(['c'], 6)).toBe(10);
  });
});

describe('given failures of the instrument', () => {
  it('leaves out flags that could not be read: their age tells', () => {
    const failures = (atSecond: number, counts: Readonly<Record<string, number>>): void => {
      const atMs = WRITTEN_MS + atSecond * SECOND;
      const name = 'crossfade_instrument_failures_total';
      book.add(
        Object.entries(counts).map(([operation, value]) => ({
          ...{ name, labels: { operation }, replica: 'a', atMs, value },
        })),
      );
    };
    failures(-5, { compare: 1, read_flags: 10 });
    failures(5, { compare: 4, read_flags: 50 });
    expect(read(['a'], 6).since.instrumentFailures).toBe(3);
  });
});

describe('given replicas that restart, vanish and join', () => {
  it('adds what was counted before and after, and guesses nothing between', () => {
    scrape('a', -5, { matched: 1000 });
    scrape('b', -5, { matched: 50, trials: 40 });
    scrape('a', 10, { matched: 1040 });
    scrape('b', 10, { matched: 70, trials: 55 });
    scrape('a', 20, { matched: 15 });
    scrape('c', 20, { matched: 5000 });
    scrape('c', 30, { matched: 5007 });
    scrape('a', 30, { matched: 25 });
    const evidence = read(['a', 'c'], 31);
    expect(matched(evidence)).toBe(40 + 25 + 20 + 7);
    expect(evidence.users.trials).toBe(15);
    expect(evidence.replicas).toMatchObject({ expected: 2, reporting: 2 });
  });

  it('takes a series that is born later from nothing', () => {
    scrape('a', -5);
    book.add([
      {
        name: 'crossfade_lag_seconds_bucket',
        labels: { le: '+Inf', type: 'x' },
        replica: 'a',
        atMs: WRITTEN_MS + 9000,
        value: 3,
      },
    ]);
    expect(read(['a'], 10).since.lag.count).toBe(3);
  });

  it('forgets what is no longer needed and still says the same', () => {
    for (let second = -5; second < 1000; second += 5) {
      scrape('a', second, { matched: second + 5 });
      if (second > 0 && second % 50 === 0) read(['a'], second);
    }
    const evidence = read(['a'], 996);
    expect(matched(evidence)).toBe(995);
    expect(matched({ comparisons: evidence.recentComparisons })).toBe(60);
    for (const { track } of book.of('crossfade_comparisons_total'))
      expect((track as unknown as { points: unknown[] }).points.length).toBeLessThan(20);
  });
});

describe('given a replica whose Redis is down while nothing stands in for it', () => {
  it('says for how many users delivery has stopped, and for how long', () => {
    scrape('a', 0);
    scrape('a', 10, { stopped: true });
    scrape('a', 50, { stopped: true });
    scrape('b', 50);
    expect(read(['a', 'b'], 55).delivery).toEqual({
      connectedUsers: 20,
      servedUsers: 20,
      stoppedUsers: 10,
      stoppedForMs: 45 * SECOND,
    });
    expect(read(['a', 'b'], 55).since.userMs).toBe(10 * 50 * SECOND);
  });
});

describe('given that nobody reports', () => {
  it('has no percentage in force and no age', () => {
    expect(read([], 5).inForce).toEqual({ forMs: 0 });
  });
});

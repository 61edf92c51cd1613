import type { ComparisonClass } from '../../src/domain/comparison.js';
import type { Distribution, Evidence, TransportSums, UserSums } from '../../src/domain/evidence.js';

const BOUNDS_MS = [0, 100, 1000, 2000, 5000, 10_000];

/** `count` values at most `atMostMs`, and `above` more that are above every bound. */
export function distribution(count: number, atMostMs = 100, above = 0): Distribution {
  return {
    count: count + above,
    boundsMs: BOUNDS_MS,
    atMost: BOUNDS_MS.map((bound) => (bound >= atMostMs ? count : 0)),
  };
}

export function transport(changed: Partial<TransportSums> = {}): TransportSums {
  return {
    lag: distribution(1000),
    age: { legacy: distribution(1000), redis: distribution(1000) },
    userMs: 3_600_000_000,
    gaps: { count: 0, totalMs: 0 },
    resyncs: { asked: 0, failed: 0 },
    instrumentFailures: 0,
    selfTest: { agreed: 1000, disagreed: 0 },
    ...changed,
  };
}

type Outcomes = Partial<Record<ComparisonClass, number>>;

export function comparisons(outcomes: Outcomes): Evidence['comparisons'] {
  const list = Object.entries(outcomes).map(([outcome, count]) => ({
    outcome: outcome as ComparisonClass,
    type: 'notif.sync',
    count,
  }));
  return [...list, { outcome: 'matched', type: 'msg.sync', count: 1 }];
}

export const CLEAN_USERS: UserSums = {
  distinctUsers: 500,
  trials: 10_000,
  firstMismatches: 0,
  qualifiedUsers: 490,
  mismatchedUsers: 0,
  earlyTrials: 4950,
  earlyMismatches: 0,
};

/** Evidence with which any gate of the default plan passes at compare 100, serve 5; to be spoilt by the test. */
export function evidence(changed: Partial<Evidence> = {}, outcomes: Outcomes = { matched: 9999 }): Evidence {
  return {
    readAtMs: Date.parse('2025-09-20T11:44:00Z'),
    sinceMs: Date.parse('2025-09-19T11:44:00Z'),
    recentMs: 600_000,
    replicas: { expected: 3, reporting: 3, problems: [] },
    inForce: { comparePercent: 100, servePercent: 5, forMs: 86_400_000, flagAgeMs: 1000 },
    comparisons: comparisons(outcomes),
    recentComparisons: comparisons(outcomes),
    excused: [],
    notCompared: [],
    sampled: [],
    users: CLEAN_USERS,
    worstUsers: [],
    since: transport(),
    recent: transport(),
    delivery: { connectedUsers: 500, servedUsers: 25, stoppedUsers: 0, stoppedForMs: 0 },
    ...changed,
  };
}

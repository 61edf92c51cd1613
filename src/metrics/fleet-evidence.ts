import { COMPARISON_CLASSES, type ExcuseReason, type NotComparedReason } from '../domain/comparison.js';
import type {
  ComparisonCount,
  DeliveryState,
  Evidence,
  InForce,
  ReasonCount,
  ReplicaReport,
  UserSums,
  WorstUser,
} from '../domain/evidence.js';
import { FLAGS } from '../domain/flag.js';
import { CATALOGUE } from './catalogue.js';
import type { FleetBook, TrackedSeries } from './fleet-book.js';
import { transportSums } from './transport-sums.js';

/** Who was asked at a look, and who has answered. */
export interface FleetLook {
  readonly nowMs: number;
  readonly recentMs: number;
  /** replicas that report now */
  readonly reporting: readonly string[];
  readonly expected: number;
  readonly problems: readonly string[];
  readonly worstUsers: readonly WorstUser[];
}

/** The evidence of a fleet, from what its replicas have counted. Settles the book first. */
export function fleetEvidence(book: FleetBook, look: FleetLook): Evidence {
  const { nowMs, recentMs, reporting, expected, problems } = look;
  const recentFromMs = nowMs - recentMs;
  book.settle(reporting, recentFromMs);
  const sinceMs = book.beganAtMs;
  const recentSinceMs = Math.max(sinceMs, recentFromMs);
  const replicas: ReplicaReport = { expected, reporting: reporting.length, problems };
  return Object.freeze({
    readAtMs: nowMs,
    sinceMs,
    recentMs,
    replicas,
    inForce: inForce(book, reporting, nowMs),
    comparisons: comparisons(book, sinceMs),
    recentComparisons: comparisons(book, recentSinceMs),
    excused: byReason<ExcuseReason>(book.of(CATALOGUE.excused.name), sinceMs),
    notCompared: byReason<NotComparedReason>(book.of(CATALOGUE.notCompared.name), sinceMs),
    sampled: sampled(book, reporting),
    users: userSums(book, sinceMs),
    worstUsers: look.worstUsers,
    since: transportSums(book, sinceMs),
    recent: transportSums(book, recentSinceMs),
    delivery: delivery(book, reporting, nowMs),
  });
}

/** What all that report agree on; a replica that is silent about a flag agrees with nobody. */
function inForce(book: FleetBook, reporting: readonly string[], nowMs: number): InForce {
  const states = reporting.map((name) => book.replicas.get(name));
  const agreed = FLAGS.map((flag) => {
    const [first, ...others] = states.map((state) => state?.percents[flag]);
    return others.every((percent) => percent === first) ? first : undefined;
  });
  const ages = states.map((state) =>
    state?.flagAgeMs === undefined ? undefined : state.flagAgeMs + Math.max(0, nowMs - state.lastAtMs),
  );
  const known = ages.filter((age) => age !== undefined);
  const isRight = states.every((state) => state?.inForceSince() !== undefined);
  const [comparePercent, servePercent] = agreed;
  return {
    ...(comparePercent !== undefined && { comparePercent }),
    ...(servePercent !== undefined && { servePercent }),
    forMs: isRight && states.length > 0 ? Math.max(0, nowMs - book.beganAtMs) : 0,
    ...(known.length === ages.length && known.length > 0 && { flagAgeMs: Math.max(...known) }),
  };
}

function comparisons(book: FleetBook, fromMs: number): ComparisonCount[] {
  const counts = sumBy(book.of(CATALOGUE.compared.name), fromMs, ({ labels }) =>
    JSON.stringify([labels['class'], labels['type']]),
  );
  return [...counts].flatMap(([key, count]) => {
    const [outcome, type] = JSON.parse(key) as [string, string];
    const known = COMPARISON_CLASSES.find((one) => one === outcome);
    return known === undefined || count === 0 ? [] : [{ outcome: known, type, count }];
  });
}

function byReason<Reason extends string>(
  series: readonly TrackedSeries[],
  fromMs: number,
): ReasonCount<Reason>[] {
  const counts = sumBy(series, fromMs, ({ labels }) => labels['reason'] ?? '');
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => ({ reason: reason as Reason, count }));
}

function userSums(book: FleetBook, fromMs: number): UserSums {
  const sum = (entry: { readonly name: string }): number =>
    book.of(entry.name).reduce((counted, { track }) => counted + track.sinceAnew(fromMs), 0);
  return {
    distinctUsers: sum(CATALOGUE.comparedUsers),
    trials: sum(CATALOGUE.trials),
    firstMismatches: sum(CATALOGUE.firstMismatches),
    qualifiedUsers: sum(CATALOGUE.qualifiedUsers),
    mismatchedUsers: sum(CATALOGUE.mismatchedUsers),
    earlyTrials: sum(CATALOGUE.earlyTrials),
    earlyMismatches: sum(CATALOGUE.earlyMismatches),
  };
}

/** The largest ratio of each type on any replica; only those that are not 1. */
function sampled(book: FleetBook, reporting: readonly string[]): Evidence['sampled'] {
  const oneIn = new Map<string, number>();
  for (const { labels, replica, track } of book.of(CATALOGUE.sampleOneIn.name)) {
    const type = labels['type'] ?? '';
    if (reporting.includes(replica)) oneIn.set(type, Math.max(oneIn.get(type) ?? 1, track.value));
  }
  return [...oneIn].filter(([, n]) => n > 1).map(([type, n]) => ({ type, oneIn: n }));
}

/** Where Redis is down, nothing stands in for those whose legacy is closed: these are the stopped ones. */
function delivery(book: FleetBook, reporting: readonly string[], nowMs: number): DeliveryState {
  let connectedUsers = 0;
  let servedUsers = 0;
  let stoppedUsers = 0;
  let stoppedForMs = 0;
  for (const { labels, replica, track } of book.of(CATALOGUE.users.name)) {
    const stage = labels['stage'];
    if (!reporting.includes(replica)) continue;
    connectedUsers += track.value;
    if (stage !== 'live' && stage !== 'complete') continue;
    servedUsers += track.value;
    const state = book.replicas.get(replica);
    if (stage !== 'complete' || state?.redisUp !== false) continue;
    stoppedUsers += track.value;
    if (track.value > 0) stoppedForMs = Math.max(stoppedForMs, state.downForMs(nowMs));
  }
  return { connectedUsers, servedUsers, stoppedUsers, stoppedForMs };
}

/** Counted after a moment, over all the series, apart by a key. */
export function sumBy(
  series: readonly TrackedSeries[],
  fromMs: number,
  key: (series: TrackedSeries) => string,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const each of series) sums.set(key(each), (sums.get(key(each)) ?? 0) + each.track.since(fromMs));
  return sums;
}

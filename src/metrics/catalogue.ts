import {
  CANARY_RESULTS,
  DROPPED,
  HANDOVER_RESULTS,
  INSTRUMENT_OPERATIONS,
  MERGE_OUTCOMES,
  RESYNC_RESULTS,
} from '../contracts/recorder.js';
import { DOUBT_REASONS } from '../contracts/source-health.js';
import { FLAG_ORIGINS } from '../contracts/cohort-reader.js';
import { COMPARISON_CLASSES, EXCUSE_REASONS, NOT_COMPARED_REASONS } from '../domain/comparison.js';
import { TYPE_LABELS } from '../domain/event-type.js';
import { GAP_CAUSES } from '../domain/gap.js';
import { SOURCES } from '../domain/source.js';
import { STAGES } from '../domain/stage.js';
import { STOP_METRICS } from './stop-metrics.js';

/** One metric as it is written down: what it is called, what it counts, and every value its labels can take. */
export interface CatalogueEntry {
  readonly name: `crossfade_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** `one` for things that are counted; otherwise a base unit, or `percent` */
  readonly unit: 'one' | 'seconds' | 'percent';
  readonly help: string;
  /** at most two labels, each with its closed list of values: no metric can grow */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** upper bounds of a histogram's buckets, in its unit, ascending; `+Inf` is added */
  readonly buckets?: readonly number[];
}

const POSITIVE_LAGS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;
const LAG_BUCKETS = [...POSITIVE_LAGS.map((bound) => -bound).reverse(), 0, ...POSITIVE_LAGS];
// Zero first: an age below it is a publisher whose clock is ahead of ours, and should be seen.
const AGE_BUCKETS = [0, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const HANDOVER_BUCKETS = [0, 0.1, 0.5, 1, 2.5, 5, 7.5, 10, 15, 20, 30, 60, 120, 300];

/** Every metric of Crossfade. The metrics are made from this list, and the documents are held against it. */
export const CATALOGUE = {
  received: {
    name: 'crossfade_events_received_total',
    type: 'counter',
    unit: 'one',
    help: 'Events that a source said for a topic that is open here.',
    labels: { source: SOURCES, type: TYPE_LABELS },
  },
  delivered: {
    name: 'crossfade_events_delivered_total',
    type: 'counter',
    unit: 'one',
    help: 'Events that the user got, by the source that they came from.',
    labels: { source: SOURCES, type: TYPE_LABELS },
  },
  deliveryAge: {
    name: 'crossfade_delivery_age_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: "Time of delivery minus the envelope's timestamp; below zero where the publisher's clock is ahead.",
    labels: { source: SOURCES },
    buckets: AGE_BUCKETS,
  },
  misrouted: {
    name: 'crossfade_misrouted_total',
    type: 'counter',
    unit: 'one',
    help: "Messages that name another user than their channel's; delivered to nobody.",
    labels: { source: SOURCES },
  },
  unreadable: {
    name: 'crossfade_unreadable_total',
    type: 'counter',
    unit: 'one',
    help: 'Messages that are no envelope; delivered to nobody.',
    labels: { source: SOURCES },
  },
  compared: {
    name: 'crossfade_comparisons_total',
    type: 'counter',
    unit: 'one',
    help: 'Comparisons by how they came out; parity is matched over all of these.',
    labels: { class: COMPARISON_CLASSES, type: TYPE_LABELS },
  },
  excused: {
    name: 'crossfade_excused_total',
    type: 'counter',
    unit: 'one',
    help: 'Comparisons that were excused, by reason; never part of parity.',
    labels: { reason: EXCUSE_REASONS, type: TYPE_LABELS },
  },
  notCompared: {
    name: 'crossfade_not_compared_total',
    type: 'counter',
    unit: 'one',
    help: 'Events that are not compared at all, by reason; never part of parity.',
    labels: { reason: NOT_COMPARED_REASONS, type: TYPE_LABELS },
  },
  late: {
    name: 'crossfade_late_total',
    type: 'counter',
    unit: 'one',
    help: 'Arrivals after their verdict.',
    labels: { type: TYPE_LABELS },
  },
  lag: {
    name: 'crossfade_lag_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Redis arrival minus legacy arrival of the same thing, signed; use the buckets, as the sum can fall.',
    labels: { type: TYPE_LABELS },
    buckets: LAG_BUCKETS,
  },
  gaps: {
    name: 'crossfade_gaps_total',
    type: 'counter',
    unit: 'one',
    help: 'Gaps that have ended, one for each topic that was affected.',
    labels: { source: SOURCES, cause: GAP_CAUSES },
  },
  gapSeconds: {
    name: 'crossfade_gap_seconds_total',
    type: 'counter',
    unit: 'seconds',
    help: 'Length of the gaps that have ended, summed over the topics that were affected.',
    labels: { source: SOURCES, cause: GAP_CAUSES },
  },
  handovers: {
    name: 'crossfade_handovers_total',
    type: 'counter',
    unit: 'one',
    help: 'Handovers of a topic, by the source that its readers were moved to and how it ended.',
    labels: { to: SOURCES, result: HANDOVER_RESULTS },
  },
  handoverTime: {
    name: 'crossfade_handover_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Time from when a handover was wanted to when the other source served.',
    labels: { to: SOURCES },
    buckets: HANDOVER_BUCKETS,
  },
  merged: {
    name: 'crossfade_merged_total',
    type: 'counter',
    unit: 'one',
    help: 'Things that did not simply pass while two sources were merged, by what came of them.',
    labels: { outcome: MERGE_OUTCOMES, type: TYPE_LABELS },
  },
  resyncs: {
    name: 'crossfade_resyncs_total',
    type: 'counter',
    unit: 'one',
    help: 'Calls of the resync port after a gap, by how they ended.',
    labels: { result: RESYNC_RESULTS },
  },
  canaries: {
    name: 'crossfade_canaries_total',
    type: 'counter',
    unit: 'one',
    help: 'Messages of our own that prove the link to Redis, by what became of them.',
    labels: { result: CANARY_RESULTS },
  },
  dropped: {
    name: 'crossfade_dropped_total',
    type: 'counter',
    unit: 'one',
    help: 'Things that were dropped to keep a bound.',
    labels: { what: DROPPED },
  },
  failures: {
    name: 'crossfade_instrument_failures_total',
    type: 'counter',
    unit: 'one',
    help: 'Failures of what measures, not of what serves, by operation.',
    labels: { operation: INSTRUMENT_OPERATIONS },
  },
  trials: {
    name: 'crossfade_trials_total',
    type: 'counter',
    unit: 'one',
    help: "Comparisons of users up to and including each one's first mismatch, since the percentage in force changed.",
    labels: {},
  },
  firstMismatches: {
    name: 'crossfade_first_mismatches_total',
    type: 'counter',
    unit: 'one',
    help: 'Users who have mismatched, since the percentage in force changed.',
    labels: {},
  },
  qualifiedUsers: {
    name: 'crossfade_qualified_users_total',
    type: 'counter',
    unit: 'one',
    help: 'Users of whom ten comparisons have been made, since the percentage in force changed.',
    labels: {},
  },
  mismatchedUsers: {
    name: 'crossfade_mismatched_users_total',
    type: 'counter',
    unit: 'one',
    help: 'Qualified users who mismatched within their first ten comparisons.',
    labels: {},
  },
  earlyTrials: {
    name: 'crossfade_early_trials_total',
    type: 'counter',
    unit: 'one',
    help: "First ten comparisons of users, each user's up to and including the first mismatch.",
    labels: {},
  },
  earlyMismatches: {
    name: 'crossfade_early_mismatches_total',
    type: 'counter',
    unit: 'one',
    help: 'Users who mismatched within their first ten comparisons, whether they have had all ten or not.',
    labels: {},
  },
  comparedUsers: {
    name: 'crossfade_compared_users_total',
    type: 'counter',
    unit: 'one',
    help: 'Users of whom anything has been compared, since the percentage in force changed.',
    labels: {},
  },
  leftOut: {
    name: 'crossfade_user_comparisons_left_out_total',
    type: 'counter',
    unit: 'one',
    help: 'Comparisons of users beyond the bound on users, which are in none of the four sums.',
    labels: {},
  },
  selfTest: {
    name: 'crossfade_self_test_total',
    type: 'counter',
    unit: 'one',
    help: 'Comparisons of Redis with itself over two connections; a disagreement is a fault of the instrument.',
    labels: { type: TYPE_LABELS, outcome: ['agreed', 'disagreed'] },
  },
  sampleOneIn: {
    name: 'crossfade_sample_one_in',
    type: 'gauge',
    unit: 'one',
    help: 'Of how many users one is compared; absent for a type that is not compared.',
    labels: { type: TYPE_LABELS },
  },
  comparerLoad: {
    name: 'crossfade_comparer_load',
    type: 'gauge',
    unit: 'one',
    help: 'What the comparer holds at this moment.',
    labels: { what: ['sessions', 'queued', 'pending', 'items'] },
  },
  users: {
    name: 'crossfade_users',
    type: 'gauge',
    unit: 'one',
    help: 'Users who are connected here, by stage.',
    labels: { stage: STAGES },
  },
  redisUp: {
    name: 'crossfade_redis_up',
    type: 'gauge',
    unit: 'one',
    help: '1 while the link to Redis is proven, 0 while it is not; absent where no link is wanted.',
    labels: {},
  },
  redisDoubts: {
    name: 'crossfade_redis_doubts',
    type: 'gauge',
    unit: 'one',
    help: '1 while this replica doubts its Redis for the reason, 0 while it does not; absent where no link is wanted.',
    labels: { reason: DOUBT_REASONS },
  },
  flagPercent: {
    name: 'crossfade_flag_percent',
    type: 'gauge',
    unit: 'percent',
    help: 'Percentage of users that a flag asks for by the state in force; absent while unknown.',
    labels: { flag: ['compare', 'serve'] },
  },
  effectivePercent: {
    name: 'crossfade_effective_percent',
    type: 'gauge',
    unit: 'percent',
    help: 'Percentage of the users who are connected here whom their stages compare or serve from Redis; absent while there are none.',
    labels: { flag: ['compare', 'serve'] },
  },
  flagStateAge: {
    name: 'crossfade_flag_state_age_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'Time since the state of the flags was last confirmed by its origin; absent before the first.',
    labels: {},
  },
  flagStateOrigin: {
    name: 'crossfade_flag_state_origin',
    type: 'gauge',
    unit: 'one',
    help: '1 for the origin that the state of the flags in force came from, 0 for the others.',
    labels: { origin: FLAG_ORIGINS },
  },
  flagProblems: {
    name: 'crossfade_flag_problems',
    type: 'gauge',
    unit: 'one',
    help: 'Things that are wrong with the flags as they were read last.',
    labels: {},
  },
  ...STOP_METRICS,
} as const satisfies Record<string, CatalogueEntry>;

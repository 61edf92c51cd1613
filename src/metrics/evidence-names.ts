import { CATALOGUE } from './catalogue.js';

/** What a replica counts anew when a percentage in force changes. */
const USER_SUMS = [
  CATALOGUE.trials,
  CATALOGUE.firstMismatches,
  CATALOGUE.qualifiedUsers,
  CATALOGUE.mismatchedUsers,
  CATALOGUE.earlyTrials,
  CATALOGUE.earlyMismatches,
  CATALOGUE.comparedUsers,
];

const COUNTERS = [
  CATALOGUE.compared,
  CATALOGUE.excused,
  CATALOGUE.notCompared,
  CATALOGUE.gaps,
  CATALOGUE.gapSeconds,
  CATALOGUE.failures,
  CATALOGUE.resyncs,
  ...USER_SUMS,
  CATALOGUE.selfTest,
  CATALOGUE.sampleOneIn,
  CATALOGUE.users,
  CATALOGUE.redisUp,
  CATALOGUE.flagPercent,
  CATALOGUE.flagStateAge,
];

/** The series that evidence is made of, by the names they have in Prometheus. */
export const EVIDENCE_NAMES: readonly string[] = [
  ...COUNTERS.map(({ name }) => name),
  `${CATALOGUE.lag.name}_bucket`,
  `${CATALOGUE.deliveryAge.name}_bucket`,
];

/** The names of the sums that a replica begins anew with each percentage. */
export const BEGUN_ANEW: ReadonlySet<string> = new Set(USER_SUMS.map(({ name }) => name));

import { CATALOGUE } from './catalogue.js';

const COUNTERS = [
  CATALOGUE.compared,
  CATALOGUE.excused,
  CATALOGUE.notCompared,
  CATALOGUE.gaps,
  CATALOGUE.gapSeconds,
  CATALOGUE.failures,
  CATALOGUE.resyncs,
  CATALOGUE.trials,
  CATALOGUE.firstMismatches,
  CATALOGUE.qualifiedUsers,
  CATALOGUE.mismatchedUsers,
  CATALOGUE.earlyTrials,
  CATALOGUE.earlyMismatches,
  CATALOGUE.comparedUsers,
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

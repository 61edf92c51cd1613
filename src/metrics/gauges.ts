import type { Registry } from 'prom-client';
import { FLAG_ORIGINS, type FlagState } from '../contracts/cohort-reader.js';
import type { ComparisonEvidence, SelfTestTally } from '../contracts/comparison-evidence.js';
import { DOUBT_REASONS, type DoubtReason } from '../contracts/source-health.js';
import type { StopHearing } from '../contracts/kill-switch.js';
import { effectivePercents } from '../domain/effective-percents.js';
import { FLAGS } from '../domain/flag.js';
import { STAGES, type Stage } from '../domain/stage.js';
import type { StopState } from '../domain/stop-state.js';
import { CATALOGUE, type CatalogueEntry } from './catalogue.js';
import { readingsOfLoad, readingsOfSampling, readingsOfSelfTest } from './evidence-readings.js';
import { plain, registerScraped, type Reading } from './scraped-metric.js';

/** What a scrape asks, counters that begin anew included. What is undefined, or throws, is left out of the scrape. */
export interface Gauges {
  /** users who are connected here */
  users(): Readonly<Record<Stage, number>>;
  /** whether the link to Redis is proven; undefined where no link is wanted */
  redisUp(): boolean | undefined;
  /** why this replica doubts its Redis now; undefined where no link is wanted */
  redisDoubts(): ReadonlySet<DoubtReason> | undefined;
  /** undefined where no flag is asked */
  flags(): FlagState | undefined;
  /** left out where nobody can be stopped */
  readonly stop?: () => StopState & StopHearing;
  /** left out where nothing is ever compared */
  readonly evidence?: MeasuredEvidence;
  /** left out where the self-test is off */
  readonly selfTest?: () => readonly SelfTestTally[];
}

/** What of a comparer's evidence is a metric. */
export type MeasuredEvidence = Pick<ComparisonEvidence, 'sums' | 'sampling' | 'sampleOneIn' | 'load'>;

/** Puts what is read at a scrape into `registry`; each reads from `gauges()`. `failed` is told of what throws. */
export function registerGauges(
  registry: Registry,
  gauges: () => Gauges | undefined,
  failed: (error: unknown) => void,
): void {
  const flags = (): FlagState | undefined => gauges()?.flags();
  const scraped: Scraped = (entry, read) => {
    registerScraped(registry, entry, read, failed);
  };

  scraped(CATALOGUE.users, () => {
    const users = gauges()?.users();
    return STAGES.map((stage) => ({ labels: { stage }, value: users?.[stage] }));
  });
  scraped(CATALOGUE.redisUp, () => {
    const up = gauges()?.redisUp();
    return plain(up === undefined ? undefined : Number(up));
  });
  scraped(CATALOGUE.redisDoubts, () => {
    const standing = gauges()?.redisDoubts();
    return DOUBT_REASONS.map((reason) => ({
      labels: { reason },
      value: standing === undefined ? undefined : Number(standing.has(reason)),
    }));
  });
  scraped(CATALOGUE.flagPercent, () => {
    const state = flags();
    return [
      { labels: { flag: 'compare' }, value: state?.comparePercent },
      { labels: { flag: 'serve' }, value: state?.servePercent },
    ];
  });
  scraped(CATALOGUE.effectivePercent, () => {
    const users = gauges()?.users();
    const percents = users === undefined ? undefined : effectivePercents(users);
    return FLAGS.map((flag) => ({ labels: { flag }, value: percents?.[flag] }));
  });
  scraped(CATALOGUE.flagStateAge, () => {
    const ageMs = flags()?.ageMs;
    return plain(ageMs === undefined ? undefined : ageMs / 1000);
  });
  scraped(CATALOGUE.flagStateOrigin, () => {
    const state = flags();
    return FLAG_ORIGINS.map((origin) => ({
      labels: { origin },
      value: state === undefined ? undefined : Number(state.origin === origin),
    }));
  });
  scraped(CATALOGUE.flagProblems, () => plain(flags()?.problems.length));
  registerStop(scraped, () => gauges()?.stop?.());
  registerEvidence(scraped, () => gauges()?.evidence);
  scraped(CATALOGUE.selfTest, () => readingsOfSelfTest(gauges()?.selfTest?.()));
}

type Scraped = (entry: CatalogueEntry, read: () => readonly Reading[]) => void;

function registerStop(scraped: Scraped, stop: () => (StopState & StopHearing) | undefined): void {
  scraped(CATALOGUE.stopped, () => {
    const state = stop();
    return plain(state === undefined ? undefined : Number(state.stopped));
  });
  scraped(CATALOGUE.stopEpoch, () => plain(stop()?.epoch));
  scraped(CATALOGUE.stopRead, () => {
    const readAtMs = stop()?.confirmedAtMs;
    return plain(readAtMs === undefined ? undefined : readAtMs / 1000);
  });
  scraped(CATALOGUE.stopProblems, () => plain(stop()?.problems.length));
}

/** The sums and what they rest on. The sums go back to 0 when the percentage changes: they are read, not added to. */
function registerEvidence(scraped: Scraped, evidence: () => MeasuredEvidence | undefined): void {
  scraped(CATALOGUE.trials, () => plain(evidence()?.sums().trials));
  scraped(CATALOGUE.firstMismatches, () => plain(evidence()?.sums().firstMismatches));
  scraped(CATALOGUE.qualifiedUsers, () => plain(evidence()?.sums().qualifiedUsers));
  scraped(CATALOGUE.mismatchedUsers, () => plain(evidence()?.sums().mismatchedUsers));
  scraped(CATALOGUE.earlyTrials, () => plain(evidence()?.sums().earlyTrials));
  scraped(CATALOGUE.earlyMismatches, () => plain(evidence()?.sums().earlyMismatches));
  scraped(CATALOGUE.comparedUsers, () => plain(evidence()?.sums().distinctUsers));
  scraped(CATALOGUE.leftOut, () => plain(evidence()?.sums().usersLeftOut));
  scraped(CATALOGUE.sampleOneIn, () => readingsOfSampling(evidence()));
  scraped(CATALOGUE.comparerLoad, () => readingsOfLoad(evidence()?.load()));
}

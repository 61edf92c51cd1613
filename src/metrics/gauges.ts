import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../contracts/clock.js';
import { FLAG_ORIGINS, type FlagState } from '../contracts/cohort-reader.js';
import { STAGES, type Stage } from '../domain/stage.js';
import { CATALOGUE, type CatalogueEntry } from './catalogue.js';

/** What a scrape asks. What is undefined, or throws, is left out of the scrape. */
export interface Gauges {
  /** users who are connected here */
  users(): Readonly<Record<Stage, number>>;
  /** whether the link to Redis is proven; undefined where no link is wanted */
  redisUp(): boolean | undefined;
  /** undefined where no flag is asked */
  flags(): FlagState | undefined;
}

interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | undefined;
}

/** Puts the gauges into `registry`; each reads from `gauges()` at the scrape. `failed` is told of what throws. */
export function registerGauges(
  registry: Registry,
  clock: Clock,
  gauges: () => Gauges | undefined,
  failed: (error: unknown) => void,
): void {
  const flags = (): FlagState | undefined => gauges()?.flags();
  const gauge = (entry: CatalogueEntry, read: () => readonly Reading[]): void => {
    registerGauge(registry, entry, read, failed);
  };

  gauge(CATALOGUE.users, () => {
    const users = gauges()?.users();
    return STAGES.map((stage) => ({ labels: { stage }, value: users?.[stage] }));
  });
  gauge(CATALOGUE.redisUp, () => {
    const up = gauges()?.redisUp();
    return plain(up === undefined ? undefined : Number(up));
  });
  gauge(CATALOGUE.flagPercent, () => {
    const state = flags();
    return [
      { labels: { flag: 'compare' }, value: state?.comparePercent },
      { labels: { flag: 'serve' }, value: state?.servePercent },
    ];
  });
  gauge(CATALOGUE.flagStateAge, () => {
    const confirmedAtMs = flags()?.confirmedAtMs;
    // The time of day may be set back: an age is never below zero.
    return plain(confirmedAtMs === undefined ? undefined : Math.max(0, clock.nowMs() - confirmedAtMs) / 1000);
  });
  gauge(CATALOGUE.flagStateOrigin, () => {
    const state = flags();
    return FLAG_ORIGINS.map((origin) => ({
      labels: { origin },
      value: state === undefined ? undefined : Number(state.origin === origin),
    }));
  });
  gauge(CATALOGUE.flagProblems, () => plain(flags()?.problems.length));
}

function plain(value: number | undefined): readonly Reading[] {
  return [{ labels: {}, value }];
}

function registerGauge(
  registry: Registry,
  { name, help, labels }: CatalogueEntry,
  read: () => readonly Reading[],
  failed: (error: unknown) => void,
): void {
  const labelNames = Object.keys(labels);
  new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      // A gauge without labels is reset to 0, which would be a lie where nothing is known.
      if (labelNames.length === 0) this.remove();
      try {
        for (const { labels, value } of read()) if (value !== undefined) this.set(labels, value);
      } catch (error) {
        failed(error);
      }
    },
  });
}

import { CATALOGUE, type CatalogueEntry } from '../../src/metrics/catalogue.js';
import { CONTROL_CATALOGUE } from '../../src/metrics/control-catalogue.js';
import { GATEWAY_CATALOGUE } from '../../src/service/gateway/gateway-catalogue.js';

/** A metric as the reference, the dashboards and the rules know it. */
export interface Metric {
  readonly name: string;
  readonly type: CatalogueEntry['type'];
  readonly unit: CatalogueEntry['unit'];
  readonly help: string;
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly buckets?: readonly number[];
}

type Named<Entries> = Entries[keyof Entries] extends { readonly name: infer Name } ? Name : never;

/** The name of every metric there is: a record by it cannot leave one out. */
export type MetricName =
  Named<typeof CATALOGUE> | Named<typeof CONTROL_CATALOGUE> | Named<typeof GATEWAY_CATALOGUE>;

/** Every metric, by who says it. */
export const METRICS_BY_SPEAKER: Readonly<Record<'backend' | 'controller' | 'gateway', readonly Metric[]>> = {
  backend: Object.values(CATALOGUE),
  controller: Object.values(CONTROL_CATALOGUE),
  gateway: Object.values(GATEWAY_CATALOGUE).map((entry) => ({ ...entry, unit: 'one' })),
};

export const ALL_METRICS: readonly Metric[] = Object.values(METRICS_BY_SPEAKER).flat();

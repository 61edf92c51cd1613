import { createRequire } from 'node:module';
import type prom from 'prom-client';

/**
 * The four parts of prom-client that are used, the same that a host gets by its name. With them alone a start does not
 * load the others (cluster, push gateway, summaries, default metrics), which is nine tenths of it.
 */
const load = createRequire(import.meta.url);

export const Registry = load('prom-client/lib/registry.js') as typeof prom.Registry;
export const Counter = load('prom-client/lib/counter.js') as typeof prom.Counter;
export const Gauge = load('prom-client/lib/gauge.js') as typeof prom.Gauge;
export const Histogram = load('prom-client/lib/histogram.js') as typeof prom.Histogram;

export type Registry = prom.Registry;
export type Counter = prom.Counter;
export type Gauge = prom.Gauge;
export type Histogram = prom.Histogram;

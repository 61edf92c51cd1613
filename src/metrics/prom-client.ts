import type prom from 'prom-client';
import counter from 'prom-client/lib/counter.js';
import gauge from 'prom-client/lib/gauge.js';
import histogram from 'prom-client/lib/histogram.js';
import registry from 'prom-client/lib/registry.js';

/**
 * The four parts of prom-client that are used, the same that a host gets by its name. With them alone a start does not
 * load the others (cluster, push gateway, summaries, default metrics), which is nine tenths of it.
 */
export const Registry: typeof prom.Registry = registry;
export const Counter: typeof prom.Counter = counter;
export const Gauge: typeof prom.Gauge = gauge;
export const Histogram: typeof prom.Histogram = histogram;

export type Registry = prom.Registry;
export type Counter = prom.Counter;
export type Gauge = prom.Gauge;
export type Histogram = prom.Histogram;

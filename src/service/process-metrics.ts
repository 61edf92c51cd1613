import type { Provider } from '@nestjs/common';
import { collectDefaultMetrics } from 'prom-client';
import { CROSSFADE_REGISTRY, type MetricsRegistry } from '../index.js';

/** Puts memory, CPU and event loop of this process into the registry, by the names that every prom-client backend has. */
export const PROCESS_METRICS: Provider = {
  provide: Symbol('PROCESS_METRICS'),
  inject: [CROSSFADE_REGISTRY],
  useFactory: (register: MetricsRegistry) => {
    collectDefaultMetrics({ register });
    return register;
  },
};

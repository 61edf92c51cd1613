import { Registry } from 'prom-client';
import { StreamComparer } from '../../src/comparing/stream-comparer.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { DEFAULT_PREFIXES } from '../../src/domain/topic.js';
import { PromRecorder } from '../../src/metrics/prom-recorder.js';
import { NoPresence } from '../../src/presence/no-presence.js';
import { Router } from '../../src/routing/router.js';
import type { RoutingParts } from '../../src/routing/routing-parts.js';
import { InProcessSource } from '../../src/sources/in-process-source.js';
import { RedisSource } from '../../src/sources/redis-source.js';

/** A router with everything real around it, and those of its parts that a benchmark turns by hand. */
export function oneRouter(
  port: number,
  parts: Pick<RoutingParts, 'flags' | 'killSwitch' | 'handover'>,
  onGap: () => void = () => undefined,
) {
  const clock = new SystemClock();
  const recorder = new PromRecorder({ registry: new Registry(), clock, onGap });
  const legacy = new InProcessSource();
  const redis = new RedisSource({
    endpoint: { host: '127.0.0.1', port },
    clock,
    prefixes: DEFAULT_PREFIXES,
  });
  const comparer = new StreamComparer({ clock, recorder });
  const router = new Router({
    limits: { mode: 'local', legacy: 'registered' },
    presence: new NoPresence(),
    compareChats: false,
    ...{ legacy, redis, comparer, recorder, clock, ...parts },
  });
  return { router, redis, legacy, comparer };
}

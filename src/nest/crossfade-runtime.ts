import { Registry } from 'prom-client';
import type { CohortReader } from '../contracts/cohort-reader.js';
import { SystemClock } from '../coordination/system-clock.js';
import { PromRecorder } from '../metrics/prom-recorder.js';
import { EventProvider } from '../routing/event-provider.js';
import { Router } from '../routing/router.js';
import type { RedisSource } from '../sources/redis-source.js';
import { checkOptions } from './check-options.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import { startComparer, startFlags, startPresence, startRedis, type AdapterParts } from './start-adapters.js';

/** Everything that one module holds, wired; what a mode does not need is not made. */
export interface CrossfadeRuntime {
  readonly options: CrossfadeOptions;
  readonly events: EventProvider;
  readonly registry: Registry;
  /** undefined in legacy mode */
  readonly redis: RedisSource | undefined;
  /** undefined where no flag is asked */
  readonly flags: CohortReader | undefined;
  /** Closes every stream, then every connection. */
  close(): Promise<void>;
}

/**
 * Wires the module; the one place where everything meets.
 * @throws CrossfadeError `invalid_settings`
 */
export async function startRuntime(options: CrossfadeOptions): Promise<CrossfadeRuntime> {
  checkOptions(options);
  const {
    mode,
    legacy = 'registered',
    registry = new Registry(),
    clock = new SystemClock(),
    onFailure,
  } = options;
  const recorder = new PromRecorder({
    registry,
    clock,
    ...(onFailure === undefined ? {} : { log: onFailure }),
  });
  const closing: (() => void | Promise<void>)[] = [];
  const parts: AdapterParts = { clock, recorder, onClose: (close) => closing.unshift(close) };

  const flags = await startFlags(options, parts);
  const redis = startRedis(options, parts);
  const comparer = startComparer(options, parts);
  const router = new Router({
    limits: { mode, legacy },
    ...(options.legacySource === undefined ? {} : { legacy: options.legacySource }),
    ...(redis === undefined ? {} : { redis }),
    ...(flags === undefined ? {} : { flags }),
    presence: startPresence(options, parts),
    ...(comparer === undefined ? {} : { comparer }),
    recorder,
    clock,
    compareChats: options.compareChats ?? false,
  });
  parts.onClose(() => {
    router.close();
  });
  recorder.watch({
    users: () => router.usersByStage(),
    redisUp: () => redis?.isUp,
    flags: () => flags?.state(),
  });
  return {
    options,
    events: new EventProvider(router),
    registry,
    redis,
    flags,
    close: async () => {
      for (const close of closing.splice(0)) await close();
    },
  };
}

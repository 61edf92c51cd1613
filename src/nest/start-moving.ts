import type { CohortReader } from '../contracts/cohort-reader.js';
import type { FleetSwitch } from '../contracts/kill-switch.js';
import type { Resync } from '../contracts/resync.js';
import type { StreamComparer } from '../comparing/stream-comparer.js';
import type { TappedComparer } from '../comparing/tapped-comparer.js';
import { DoubtBook } from '../routing/doubt-book.js';
import type { Router } from '../routing/router.js';
import type { RedisSource } from '../sources/redis-source.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import { keepEvidenceFresh } from './fresh-evidence.js';
import {
  startComparer,
  startCoordination,
  startFlags,
  startRedis,
  startSelfTest,
  startTap,
  type StartedSelfTest,
} from './start-adapters.js';
import type { AdapterParts } from './adapter-parts.js';
import { startPresence, type StartedPresence } from './start-presence.js';
import { startResync } from './start-resync.js';
import { startKillSwitch, stopHeard } from './start-stop.js';
import { startWatch, type StartedWatch } from './start-watch.js';

/** What only those modes have in which users move; legacy mode does not even load it. */
export interface Moving {
  readonly redis: RedisSource | undefined;
  readonly present: StartedPresence;
  readonly flags: CohortReader | undefined;
  readonly killSwitch: FleetSwitch | undefined;
  readonly comparer: StreamComparer | undefined;
  readonly tapped: TappedComparer | undefined;
  readonly selfTest: StartedSelfTest | undefined;
  readonly resync: Resync | undefined;
  /** Begins to find out whether Redis brings anything, and tells the router. */
  watchFor(router: Router): StartedWatch | undefined;
}

export async function startMoving(options: CrossfadeOptions, parts: AdapterParts): Promise<Moving> {
  const { clock, recorder, onClose } = parts;
  const coordination = startCoordination(options, parts);
  const [killSwitch, flags] = await Promise.all([
    startKillSwitch(options, coordination, parts),
    startFlags(options, coordination, parts),
  ]);
  const redis = startRedis(options, killSwitch && (() => stopHeard(killSwitch, clock)), parts);
  const doubts = new DoubtBook();
  const comparer = startComparer(options, doubts, parts);
  const selfTest = startSelfTest(options, comparer, parts);
  const present = await startPresence(options, redis, coordination, parts);
  const resync = await startResync(options, parts);
  const tapped = startTap(options, selfTest?.comparer ?? comparer, parts);
  // Before the router moves anybody: what the moved users show belongs to the new percentage.
  if (flags !== undefined && comparer !== undefined) onClose(keepEvidenceFresh(flags, comparer, recorder));
  return {
    ...{ redis, present, flags, killSwitch, comparer, tapped, selfTest, resync },
    watchFor: (router) => {
      doubts.tell(router.redisHealth);
      return startWatch(options, { redis, coordination, publisher: present.publisher, doubts }, parts);
    },
  };
}

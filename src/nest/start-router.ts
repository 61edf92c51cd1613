import type { CohortReader } from '../contracts/cohort-reader.js';
import type { Comparer } from '../contracts/comparer.js';
import type { EventSource } from '../contracts/event-source.js';
import type { KillSwitch } from '../contracts/kill-switch.js';
import type { Presence } from '../contracts/presence.js';
import type { Resync } from '../contracts/resync.js';
import { Router } from '../routing/router.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import type { AdapterParts } from './adapter-parts.js';

/** What a mode has of the parts that routing meets; what it has not is left undefined. */
interface Routed {
  readonly presence: Presence;
  readonly redis: EventSource | undefined;
  readonly flags: CohortReader | undefined;
  readonly killSwitch: KillSwitch | undefined;
  readonly comparer: Comparer | undefined;
  readonly resync: Resync | undefined;
}

/** The router with all that it works with. @throws CrossfadeError `invalid_settings` for a handover setting out of its bounds */
export function startRouter(
  options: CrossfadeOptions,
  { presence, redis, flags, killSwitch, comparer, resync }: Routed,
  parts: AdapterParts,
): Router {
  const { mode, legacy = 'registered', legacySource, handover, compareChats = false } = options;
  const { recorder, clock } = parts;
  const router = new Router({
    limits: { mode, legacy },
    ...(legacySource === undefined ? {} : { legacy: legacySource }),
    ...(redis === undefined ? {} : { redis }),
    ...(flags === undefined ? {} : { flags }),
    ...(killSwitch === undefined ? {} : { killSwitch }),
    ...(comparer === undefined ? {} : { comparer }),
    ...(handover === undefined ? {} : { handover }),
    ...(resync === undefined ? {} : { resync }),
    presence,
    recorder,
    clock,
    compareChats,
  });
  parts.onClose(() => {
    router.close();
  });
  return router;
}

import type { Clock } from '../contracts/clock.js';
import type { FleetSwitch } from '../contracts/kill-switch.js';
import type { CoordinationRedis } from '../coordination/coordination-redis.js';
import { FleetKillSwitch } from '../coordination/fleet-kill-switch.js';
import { RedisStopStore } from '../coordination/redis-stop-store.js';
import { StopFile } from '../coordination/stop-file.js';
import { replaceFile } from '../flags/flag-storage-file.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import type { AdapterParts } from './adapter-parts.js';

/** how long Redis is kept from serving where its stop key gives no answer at all */
const LONGEST_SILENCE_MS = 30_000;

/** What stops the fleet; undefined where legacy is retired: nobody can be stopped there. */
export async function startKillSwitch(
  { legacy, stop }: CrossfadeOptions,
  coordination: CoordinationRedis | undefined,
  { clock, recorder, onClose }: AdapterParts,
): Promise<FleetSwitch | undefined> {
  if (legacy === 'retired' || coordination === undefined) return undefined;
  const killSwitch = new FleetKillSwitch({
    store: new RedisStopStore(coordination),
    ...(stop?.file === undefined ? {} : { file: new StopFile(stop.file, replaceFile) }),
    // Redis serves nobody before the fleet's word was read: a start need not wait for it.
    ...{ clock, recorder, startWaitMs: 0 },
  });
  onClose(() => killSwitch.close());
  await killSwitch.start();
  return killSwitch;
}

/**
 * Resolves once the fleet's word was read by a question asked after this call. A store that refuses to tell is not
 * waited for, and one that does not answer for 30 s: what this replica heard last holds then.
 */
export function stopHeard(killSwitch: FleetSwitch, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(LONGEST_SILENCE_MS, resolve);
    void killSwitch.confirmed().then(() => {
      cancel();
      resolve();
    });
  });
}

import { randomUUID } from 'node:crypto';
import { channelOf } from '../../domain/topic.js';
import { RedisRefusal } from '../../sources/redis-probe.js';
import type { Checkpoint } from './checkpoint.js';
import { CANARY_UID } from './commands-checkpoint.js';
import { fault, ok, skipped, warning, type Finding } from './finding.js';

const LIMIT_MS = 3_000;
/** Beyond this a user would see it. */
const SLOW_MS = 250;

/** Sends a canary through Pub/Sub, on a channel that nobody else listens to, and waits for it on the other connection. */
export const roundTripCheckpoint: Checkpoint = {
  name: 'round_trip',
  needs: ['commands'],
  limitMs: 3 * LIMIT_MS,
  cure: 'See to the Redis and to what lies before it.',
  async run({ connections, settings, clock }) {
    const { commands, listener } = connections;
    const channel = channelOf({ uid: `${CANARY_UID}-${randomUUID()}` }, settings.prefixes);
    const canary = randomUUID();
    let sentAtMs = 0;
    let listenersSeen: number | undefined;
    const heard = new Promise<Finding>((resolve) => {
      clock.after(LIMIT_MS, () => {
        resolve(lost(listenersSeen));
      });
      void listener
        .subscribe(channel, (where, text) => {
          if (where === channel && text === canary) resolve(timed(clock.elapsedMs() - sentAtMs));
        })
        .then(async () => {
          sentAtMs = clock.elapsedMs();
          listenersSeen = Number(await commands.ask('PUBLISH', channel, canary));
        })
        .catch((error: unknown) => {
          // A link that broke meanwhile is a canary that does not come back.
          if (error instanceof RedisRefusal)
            resolve(skipped('PUBLISH is refused, so that no canary can be sent'));
        });
    });
    const finding = await heard;
    await listener.unsubscribe(channel);
    return [finding];
  },
};

function timed(tookMs: number): Finding {
  const took = `${tookMs.toFixed(1)} ms`;
  if (tookMs <= SLOW_MS) return ok(`A canary came back through Pub/Sub after ${took}`, tookMs);
  return warning(
    `A canary came back through Pub/Sub only after ${took}`,
    'Look at the load of the Redis and at the way to it: run the backend in the same region.',
  );
}

function lost(listenersSeen: number | undefined): Finding {
  const seen = listenersSeen === undefined ? 'PUBLISH was not answered' : `PUBLISH counted ${listenersSeen}`;
  return fault(
    `A canary never came back through Pub/Sub within ${LIMIT_MS} ms (${seen})`,
    'See whether both connections reach the same server: nothing that spreads them over several may stand before it.',
  );
}

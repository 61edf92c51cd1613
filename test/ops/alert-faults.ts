import { writeFile } from 'node:fs/promises';
import type { CrossfadeOptions } from '../../src/index.js';
import { FleetStop, flagFileText } from '../../src/tools.js';
import type { WatchedFleet } from './watched-fleet.js';

/** What is planted in a fleet, and what that raises. */
export interface AlertFault {
  /** the end of the sentence "when …" */
  readonly name: string;
  readonly plant: (fleet: WatchedFleet) => unknown;
  readonly raises: readonly string[];
  /** what may fire besides, and why it is no fault of the rules if it does */
  readonly mayRaise?: Readonly<Record<string, string>>;
  /** seconds of the `for` of an alert that lasts hours, and would last minutes here */
  readonly lasts?: Readonly<Record<string, number>>;
  /** how the backends compare; default: with verdicts within seconds */
  readonly comparing?: CrossfadeOptions['comparing'];
}

/** Windows are twenty times shorter here and handovers are not: what they excuse fills such a window. */
const EXCUSED_BY_HANDOVERS = { CrossfadeMuchExcused: 'a window of 90 s is full of handovers' };
const DOUBTED = { CrossfadeRedisDoubted: 'losses may also make a replica doubt the publisher' };

export const ALERT_FAULTS: readonly AlertFault[] = [
  {
    name: 'Redis is killed',
    plant: ({ redis }) => redis.server.kill('SIGKILL'),
    raises: ['CrossfadeRedisDown'],
    mayRaise: EXCUSED_BY_HANDOVERS,
  },
  {
    name: 'Redis is killed while everybody is in complete',
    plant: async (fleet) => {
      await completed(fleet);
      await fleet.redis.server.kill('SIGKILL');
    },
    raises: ['CrossfadeRedisDown', 'CrossfadeDeliveryStopped'],
    mayRaise: EXCUSED_BY_HANDOVERS,
  },
  {
    name: 'Redis loses every twentieth message',
    plant: ({ simulator }) => {
      simulator.setFaults('drop=5%');
    },
    raises: ['CrossfadeLoss', 'CrossfadeMismatches', 'CrossfadeRolledBack'],
    mayRaise: { ...EXCUSED_BY_HANDOVERS, ...DOUBTED },
  },
  {
    name: 'the publisher writes to another prefix',
    plant: ({ simulator }) => {
      simulator.setFaults('wrongPrefix');
    },
    raises: ['CrossfadeLoss', 'CrossfadeMismatches', 'CrossfadeRolledBack', 'CrossfadeRedisSilent'],
    mayRaise: { ...EXCUSED_BY_HANDOVERS, ...DOUBTED },
  },
  {
    name: 'a message names another user than its channel',
    plant: ({ redis, simulator }) =>
      redis.client.publish(
        `user:${simulator.uids[0] ?? ''}`,
        '{"type": "notif.sync", "uid": "somebody-else"}',
      ),
    raises: ['CrossfadeMisrouted'],
  },
  {
    name: 'a message is no envelope',
    plant: ({ redis, simulator }) => redis.client.publish(`user:${simulator.uids[0] ?? ''}`, 'no envelope'),
    raises: ['CrossfadeUnreadable'],
  },
  {
    name: 'the flags cannot be read any more',
    plant: ({ flagsFile }) => writeFile(flagsFile, '{"version": 2, "features": "none"'),
    raises: ['CrossfadeFlagProblems', 'CrossfadeControlBlind'],
  },
  {
    name: 'a replica is gone',
    plant: ({ backends }) => backends[1]?.stop(),
    raises: ['CrossfadeReplicaDown'],
  },
  {
    name: 'a person stops everybody, and nobody starts again',
    plant: stopped,
    raises: ['CrossfadeRolledBack', 'CrossfadeStopHolds'],
    lasts: { CrossfadeStopHolds: 15 },
  },
  {
    name: 'a person stops everybody, and a replica that is cut off from Redis does not hear it',
    plant: async (fleet) => {
      fleet.linkOfOne.manner = 'swallow';
      await stopped(fleet);
    },
    raises: ['CrossfadeRedisDown', 'CrossfadeRolledBack', 'CrossfadeStopProblems', 'CrossfadeStopUnheard'],
    mayRaise: EXCUSED_BY_HANDOVERS,
  },
  {
    name: 'somebody sets a flag by hand',
    plant: ({ flagsFile }) => writeFile(flagsFile, flagFileText({ compare: 100, serve: 30 })),
    raises: ['CrossfadeWaitsForPerson'],
    mayRaise: EXCUSED_BY_HANDOVERS,
    lasts: { CrossfadeWaitsForPerson: 15 },
  },
  {
    name: 'the way over Redis is three seconds longer for every tenth message',
    plant: ({ simulator }) => {
      simulator.setFaults('delay=3000ms@10%');
    },
    // What waits behind one that is late is later still: late is not yet lost.
    comparing: {
      confirmMs: 4_000,
      rules: ['chat.message', 'notif.sync', 'msg.sync'].map((type) => ({ type, windowMs: 20_000 })),
    },
    raises: ['CrossfadeLagHigh'],
    mayRaise: EXCUSED_BY_HANDOVERS,
  },
  {
    name: 'Redis is twelve seconds late for those whose legacy source is closed',
    plant: async (fleet) => {
      await completed(fleet);
      fleet.simulator.setFaults('delay=12000ms@100%');
    },
    raises: ['CrossfadeDeliveryAgeHigh'],
    mayRaise: EXCUSED_BY_HANDOVERS,
  },
];

async function completed({ flagsFile, asked }: WatchedFleet): Promise<void> {
  await writeFile(flagsFile, flagFileText({ compare: 0, serve: 100 }));
  // The gateway, which is scraped too, has a user of its own, on legacy.
  await asked.until(
    'sum(crossfade_users{job="crossfade",stage="complete"}) == sum(crossfade_users{job="crossfade"})',
  );
}

async function stopped({ settings }: WatchedFleet): Promise<void> {
  const stop = FleetStop.open(settings, []);
  await stop.stop({ by: 'a person', why: 'a test' });
  await stop.close();
}

import { afterEach, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { flagFileText } from '../../src/tools.js';
import { fired, quiet } from './firing-alerts.js';
import { hastenedRules } from './hastened-rules.js';
import { WatchedFleet } from './watched-fleet.js';

interface Fault {
  /** the end of the sentence "when …" */
  readonly name: string;
  readonly plant: (fleet: WatchedFleet) => unknown;
  readonly raises: readonly string[];
  /** what may fire besides, and why it is no fault of the rules if it does */
  readonly mayRaise?: Readonly<Record<string, string>>;
}

/** Windows are twenty times shorter here and handovers are not: what they excuse fills such a window. */
const EXCUSED_BY_HANDOVERS = { CrossfadeMuchExcused: 'a window of 90 s is full of handovers' };
const DOUBTED = { CrossfadeRedisDoubted: 'losses may also make a replica doubt the publisher' };

const FAULTS: readonly Fault[] = [
  {
    name: 'Redis is killed',
    plant: ({ redis }) => redis.server.kill('SIGKILL'),
    raises: ['CrossfadeRedisDown'],
    mayRaise: EXCUSED_BY_HANDOVERS,
  },
  {
    name: 'Redis is killed while everybody is in complete',
    plant: async (fleet) => {
      await writeFile(fleet.flagsFile, flagFileText({ compare: 0, serve: 100 }));
      // The gateway, which is scraped too, has a user of its own, on legacy.
      await fleet.asked.until(
        'sum(crossfade_users{job="crossfade",stage="complete"}) == sum(crossfade_users{job="crossfade"})',
      );
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
];

let fleet: WatchedFleet;
afterEach(() => fleet.stop());

function raisesExactly({ name, plant, raises, mayRaise = {} }: Fault): void {
  it(`fires ${raises.join(', ')} and nothing else when ${name}`, async () => {
    fleet = await WatchedFleet.start(hastenedRules());
    await quiet(fleet.asked);
    await plant(fleet);
    expect(await fired(fleet.asked, { raises, allowed: Object.keys(mayRaise) })).toEqual([...raises].sort());
  }, 300_000);
}

// In each run of the tests watched-demo.test.ts does the same with the demo and the commonest faults.
(process.env['CROSSFADE_LONG'] === undefined ? describe.skip : describe)(
  'given a rollout with the rules in a real Prometheus',
  () => {
    for (const fault of FAULTS) raisesExactly(fault);
  },
);

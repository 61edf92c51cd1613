import { afterEach, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { flagFileText } from '../../src/tools.js';
import { hastenedRules } from './hastened-rules.js';
import { waitFor } from '../wait-for.js';
import { WatchedFleet } from './watched-fleet.js';

interface FiringAlert {
  readonly state: 'pending' | 'firing';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Fault {
  /** the end of the sentence "when …" */
  readonly name: string;
  readonly plant: (fleet: WatchedFleet) => unknown;
  readonly raises: readonly string[];
  /** what may fire besides, and why it is no fault of the rules if it does */
  readonly mayRaise?: Readonly<Record<string, string>>;
}

const GRACE_MS = 8_000;
/** Windows are twenty times shorter here and handovers are not: what they excuse fills such a window. */
const EXCUSED_BY_HANDOVERS = { CrossfadeMuchExcused: 'a window of 90 s is full of handovers' };
const DOUBTED = { CrossfadeRedisDoubted: 'losses may also make a replica doubt the publisher' };

const REDIS_KILLED: Fault = {
  name: 'Redis is killed',
  plant: ({ redis }) => redis.server.kill('SIGKILL'),
  raises: ['CrossfadeRedisDown'],
  mayRaise: EXCUSED_BY_HANDOVERS,
};

const OTHERS: readonly Fault[] = [
  {
    name: 'Redis is killed while everybody is in complete',
    plant: async (fleet) => {
      await writeFile(fleet.flagsFile, flagFileText({ compare: 0, serve: 100 }));
      await fleet.until('sum(crossfade_users{stage="complete"}) == sum(crossfade_users)');
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

/** What fires now; an annotation that cannot be filled in would read `<no value>` or `<error …>`. */
async function firing(): Promise<string[]> {
  const { alerts } = await fleet.ask<{ alerts: FiringAlert[] }>('alerts');
  return alerts.flatMap(({ state, labels, annotations }) => {
    expect(Object.values(annotations).join()).not.toMatch(/<no value>|<error/);
    return state === 'firing' ? [labels['alertname'] ?? ''] : [];
  });
}

/** Everything that fires until all of these have, and for a while longer; ends at once when another one does. */
async function fired(
  raises: readonly string[],
  allowed: readonly string[],
  withinMs: number,
): Promise<string[]> {
  const names = new Set<string>();
  const untilMs = performance.now() + withinMs;
  let graceUntilMs = raises.length === 0 ? performance.now() + GRACE_MS : Infinity;
  while (performance.now() < Math.min(untilMs, graceUntilMs)) {
    for (const name of await firing()) if (!allowed.includes(name)) names.add(name);
    if ([...names].some((name) => !raises.includes(name))) break;
    if (graceUntilMs === Infinity && raises.every((name) => names.has(name)))
      graceUntilMs = performance.now() + GRACE_MS;
    await pause(250);
  }
  return [...names].sort();
}

function raisesExactly({ name, plant, raises, mayRaise = {} }: Fault): void {
  it(`fires ${raises.join(', ')} and nothing else when ${name}`, async () => {
    fleet = await WatchedFleet.start(hastenedRules());
    // A busy machine has gaps while the users come in; what counts is that it is quiet once they are there.
    await waitFor('quiet', async () => (await fired([], [], GRACE_MS)).length === 0, 150_000);
    await plant(fleet);
    expect(await fired(raises, Object.keys(mayRaise), 120_000)).toEqual([...raises].sort());
  }, 300_000);
}

describe('given a rollout with the rules in a real Prometheus', () => {
  raisesExactly(REDIS_KILLED);
});

(process.env['CROSSFADE_LONG'] === undefined ? describe.skip : describe)(
  'given the same and other faults',
  () => {
    for (const fault of OTHERS) raisesExactly(fault);
  },
);

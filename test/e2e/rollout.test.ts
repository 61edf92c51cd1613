import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '../wait-for.js';
import { RolloutBench } from './rollout-bench.js';

const SOAK = { soakMinutes: 0.02, minComparisons: 30, minUsers: 5, proof: 'none' } as const;

/** From nothing to legacy retired, in steps of about a second. */
const PLAN = {
  version: 1,
  types: ['chat.message'],
  coverage: { excusedShareLimit: 1, sampledOutShareLimit: 1 },
  gaps: { timeShareLimit: 1 },
  steps: [
    { compare: 25, ...SOAK, minComparisons: 5, minUsers: 2, typesSeenShare: 0 },
    { compare: 100, ...SOAK },
    { serve: 25, ...SOAK },
    { serve: 100, ...SOAK },
    { compare: 0, soakMinutes: 0, minComparisons: 0, minUsers: 0, typesSeenShare: 0, proof: 'none' },
  ],
};

let bench: RolloutBench;

afterEach(async () => {
  await bench.stop();
});

async function applied(): Promise<string[]> {
  return (await bench.history()).flatMap(({ event }) =>
    event.kind === 'applied' ? [`${event.decision.move.flag} ${event.decision.move.to.percent}`] : [],
  );
}

async function reached(what: string, withinMs = 180_000): Promise<void> {
  try {
    await waitFor(what, async () => (await applied()).at(-1) === what, withinMs);
  } catch (error) {
    const looks = JSON.stringify((await bench.history(true)).at(-1)?.event).slice(0, 3000);
    throw new Error(`${String(error)}\n${(await applied()).join(', ')}\n${looks}\n${bench.said.join('')}`, {
      cause: error,
    });
  }
}

describe('given three backends, a Redis, a Prometheus and a controller', () => {
  it('walks the plan by itself from nothing to legacy retired', async () => {
    bench = await RolloutBench.start(PLAN);
    bench.control();
    await reached('compare 0');
    expect(await applied()).toEqual(['compare 25', 'compare 100', 'serve 25', 'serve 100', 'compare 0']);
  }, 240_000);

  (process.env['CROSSFADE_LONG'] === undefined ? it.skip : it)(
    'rolls a fault back that is switched on at serve 25, and says whom it touched',
    async () => {
      const stay = {
        ...PLAN,
        steps: PLAN.steps.map((step) => ('serve' in step ? { ...step, soakMinutes: 60 } : step)),
      };
      bench = await RolloutBench.start(stay);
      bench.control();
      await reached('serve 25');
      await waitFor('users to be served', async () => (await bench.servedUsers()) > 0, 60_000);
      await bench.lose(0.3);
      await reached('serve 0');
      await waitFor(
        'nobody to hear Redis',
        async () => Date.now() - (await bench.harm()).lastFromRedisMs > 3_000,
        60_000,
      );
      const { firstLossMs, lastFromRedisMs } = await bench.harm();
      const back = (await bench.history()).at(-1)?.event;
      if (back?.kind !== 'applied') throw new Error('the last entry is no decision');
      const { users = 0, events = 0 } = back.decision.touched ?? {};
      process.stdout.write(
        `first harmful event to the last user back: ${((lastFromRedisMs - firstLossMs) / 1000).toFixed(1)} s; touched ${users} users, ${events} events\n`,
      );
      expect(back.decision.kind).toBe('roll_back');
      expect(users).toBeGreaterThan(0);
      expect(bench.said.join('')).toContain(`Redis served ${users} users`);
      await waitFor('a hold', async () => (await bench.codes()).includes('latched'), 60_000);
    },
    300_000,
  );
});

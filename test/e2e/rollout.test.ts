import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RolloutBench } from './rollout-bench.js';
import { QUICK_PLAN, STAYING_PLAN } from './rollout-plan.js';

let bench: RolloutBench;

beforeAll(async () => {
  bench = await RolloutBench.start(QUICK_PLAN);
}, 120_000);

afterAll(async () => {
  await bench.stop();
});

describe('given three backends, an Unleash, a Redis, a Prometheus and a controller', () => {
  it('walks the plan by itself from nothing to legacy retired', async () => {
    const beganMs = Date.now();
    const controller = bench.control();
    await bench.reached('compare 0', 120_000);
    process.stdout.write(`the whole plan in ${((Date.now() - beganMs) / 1000).toFixed(1)} s\n`);
    expect(await bench.applied()).toEqual([
      'compare 25',
      'compare 100',
      'serve 25',
      'serve 100',
      'compare 0',
    ]);
    await bench.until('the end', async () => (await bench.look()).codes.includes('plan_complete'));
    expect([await bench.changesAt('compare'), await bench.changesAt('serve')]).toEqual([3, 2]);
    controller.kill('SIGTERM');
  }, 150_000);

  (process.env['CROSSFADE_LONG'] === undefined ? it.skip : it)(
    'rolls a fault back that is switched on at serve 25, and says whom it touched',
    async () => {
      await bench.plan(STAYING_PLAN);
      await bench.reset();
      bench.control();
      await bench.reached('serve 25');
      await bench.until('users to be served', async () => (await bench.look()).servedUsers > 0);
      await bench.lose(0.3);
      await bench.reached('serve 0');
      await bench.until(
        'nobody to hear Redis',
        async () => Date.now() - (await bench.harm()).lastFromRedisMs > 3_000,
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
      await bench.until('a hold', async () => (await bench.look()).codes.includes('latched'));
    },
    180_000,
  );
});

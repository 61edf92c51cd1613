import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spreadOf } from './figures.js';
import { bytesPerUser } from './heap-rows.js';
import { ratios } from './served-rows.js';
import { alternating, Subscriber, World } from './world.js';

/**
 * What docs/performance.md shows, not what is to be reached, where that is less; the callback as on a machine that has
 * other work, as it has while tests run (1.3 at rest).
 */
const SHOWN = { callback: 1.6, complete: 700, shadow: 1_550 } as const;

/** Only what is wrong by more than half: a machine that has other work measures badly, and must not fail anybody. */
const TOLERANCE = 1.5;
const USERS = 10_000;
const ROUNDS = 3;
/** on a machine that is busy with the other tests */
const PATIENCE_MS = 120_000;

let world: World;
beforeAll(async () => {
  world = await World.start({ rounds: ROUNDS, messages: 20_000, perSecond: 50_000, pairs: 0 });
}, PATIENCE_MS);
afterAll(() => world.stop());

describe('given a short benchmark', () => {
  it(
    'costs no more beside ioredis than what is documented, by half',
    async () => {
      const ours = await Subscriber.start(world, 'complete callback', 'event', USERS);
      const raw = await Subscriber.start(world, 'raw bytes', 'event', USERS);
      const round = (subscriber: Subscriber) => () =>
        subscriber.round(world.size.messages, world.size.perSecond);
      const [costs = [], beside = []] = await alternating(ROUNDS, [round(ours), round(raw)]);
      await ours.end();
      await raw.end();
      expect(spreadOf(ratios(costs, beside)).median).toBeLessThan(SHOWN.callback * TOLERANCE);
    },
    PATIENCE_MS,
  );

  it.each(['complete', 'shadow'] as const)(
    'holds no more memory for a user in %s, by half',
    async (holding) => {
      expect(await bytesPerUser(world, holding, USERS)).toBeLessThan(SHOWN[holding] * TOLERANCE);
    },
    PATIENCE_MS,
  );
});

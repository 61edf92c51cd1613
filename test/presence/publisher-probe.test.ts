import { beforeEach, describe, expect, it } from '@jest/globals';
import { probePublisher } from '../../src/presence/publisher-probe.js';
import { FakePresence } from '../fakes/fake-presence.js';
import { FakeSource } from '../fakes/fake-source.js';
import { ManualClock } from '../manual-clock.js';
import { settle } from '../settle.js';

let clock: ManualClock;
let redis: FakeSource;
let presence: FakePresence;
let result: string | undefined;
let uid: string;

beforeEach(() => {
  clock = new ManualClock();
  redis = new FakeSource('redis');
  presence = new FakePresence();
  result = undefined;
  void probePublisher(redis, presence, clock, 10_000).then((said) => (result = said));
  uid = redis.openKeys[0] ?? '';
});

/** What is left of it when it is over. */
async function over(): Promise<unknown> {
  await settle();
  return { result, open: redis.openKeys, present: presence.present, timers: clock.pending };
}
const NOTHING = { open: [], present: [], timers: 0 };

describe('given a stranger who becomes present', () => {
  it('is present only once its channel is acknowledged, under a uid of its own', async () => {
    expect(presence.present).toEqual([]);
    redis.attach(uid);
    expect(presence.present).toEqual([uid]);
    void probePublisher(redis, presence, clock, 10_000);
    expect(new Set(redis.opened).size).toBe(2);
    clock.advance(10_000);
    await settle();
  });

  it.each([
    [
      'heard',
      'a list comes',
      () => {
        redis.sayBytes(uid, 'msg.sync');
      },
    ],
    [
      'unheard',
      'nothing comes in time',
      () => {
        clock.advance(10_000);
      },
    ],
    [
      'broken',
      'the link breaks',
      () => {
        redis.detach(uid);
      },
    ],
  ])('is %s when %s, and leaves nothing', async (said, _when, happens) => {
    redis.attach(uid);
    happens();
    expect(await over()).toEqual({ result: said, ...NOTHING });
  });

  it('is broken, not unheard, when its channel is never acknowledged', async () => {
    clock.advance(10_000);
    expect(await over()).toEqual({ result: 'broken', ...NOTHING });
  });
});

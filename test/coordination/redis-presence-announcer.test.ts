import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CoordinationRedis } from '../../src/coordination/coordination-redis.js';
import { RedisPresenceAnnouncer } from '../../src/coordination/redis-presence-announcer.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { ManualClock } from '../manual-clock.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

/** Control channels without a Redis: what is published is heard by everybody at once, while they work. */
class FakeChannels {
  readonly published: string[] = [];
  works = true;
  private readonly listeners = new Set<(text: string) => void>();
  readonly commands = {
    publish: (_channel: string, text: string): Promise<unknown> => {
      if (!this.works) return Promise.reject(new Error('no Redis'));
      this.published.push(text);
      for (const listener of this.listeners) listener(text);
      return Promise.resolve(1);
    },
  };

  listen(_channel: string, listener: (text: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('given two replicas on one Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startTestRedis();
  });
  afterAll(() => redis.stop());

  it('tells each of what the other closed, and of nothing that it closed itself', async () => {
    const clock = new SystemClock();
    const shared = [0, 1].map(
      () => new CoordinationRedis({ endpoint: { host: '127.0.0.1', port: redis.server.port }, clock }),
    );
    const announcers = shared.map((each) => new RedisPresenceAnnouncer(each, clock));
    const heard = announcers.map((announcer) => {
      const uids: string[] = [];
      announcer.onClosed((uid) => uids.push(uid));
      return uids;
    });
    await waitFor('both listen', async () => {
      const answer = (await redis.client.pubsub('NUMSUB', 'crossfade:presence-closed')) as [string, number];
      return answer[1] === 2 && shared.every(({ isUp }) => isUp);
    });
    for (const uid of ['alice', 'bob', 'alice']) announcers[0]?.closed(uid);
    await waitFor('the other hears', () => heard[1]?.length === 2);
    announcers[1]?.closed('carol');
    await waitFor('the first hears', () => heard[0]?.length === 1);
    expect(heard).toEqual([['carol'], ['alice', 'bob']]);
    for (const announcer of announcers) await announcer.close();
    for (const each of shared) await each.close();
  });
});

describe('given a replica that announces', () => {
  let clock: ManualClock;
  let channels: FakeChannels;
  let heard: string[];
  let here: RedisPresenceAnnouncer;
  let there: RedisPresenceAnnouncer;

  beforeEach(() => {
    clock = new ManualClock();
    channels = new FakeChannels();
    heard = [];
    here = new RedisPresenceAnnouncer(channels, clock);
    there = new RedisPresenceAnnouncer(channels, clock);
    there.onClosed((uid) => heard.push(uid));
  });
  afterEach(async () => {
    await here.close();
    await there.close();
    expect(clock.pending).toBe(0);
  });

  it('says it twice, for whoever was just reconnecting, and is counted once', async () => {
    here.closed('alice');
    clock.advance(20);
    await settled();
    clock.advance(3_000);
    await settled();
    clock.advance(60_000);
    expect(channels.published).toHaveLength(2);
    expect(heard).toEqual(['alice']);
  });

  it('tells many in several messages, each of a size that a line can bear', () => {
    for (let user = 0; user < 1_200; user++) here.closed(`user${user}`);
    clock.advance(20);
    expect(channels.published).toHaveLength(3);
    expect(new Set(heard).size).toBe(1_200);
  });

  it('tries on while Redis does not take it, for as long as it is worth telling', async () => {
    channels.works = false;
    here.closed('alice');
    clock.advance(20);
    for (let second = 0; second < 10; second++) {
      await settled();
      clock.advance(1_000);
    }
    channels.works = true;
    clock.advance(3_000);
    await settled();
    expect(heard).toEqual(['alice']);
    channels.works = false;
    here.closed('bob');
    for (let second = 0; second < 60; second++) {
      clock.advance(1_000);
      await settled();
    }
    expect(clock.pending).toBe(0);
  });

  it('says what is still unsaid when it is closed', async () => {
    here.closed('alice');
    await here.close();
    expect(heard).toEqual(['alice']);
  });

  it('believes no message that is none', async () => {
    const uid = 'x'.repeat(200);
    for (const text of ['', 'null', '{}', '[1]', JSON.stringify({ replica: 'r', number: 1, uids: [uid] })])
      await channels.commands.publish('', text);
    expect(heard).toEqual([]);
  });
});

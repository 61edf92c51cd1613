import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { CrossfadeHealth } from '../../src/nest/crossfade-health.js';
import type { CrossfadeOptions } from '../../src/nest/crossfade-options.js';
import { startRuntime, type CrossfadeRuntime } from '../../src/nest/crossfade-runtime.js';
import { InProcessSource } from '../../src/sources/in-process-source.js';
import { startSimulator, type Simulator } from '../../src/service/simulator/start-simulator.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { FakePublisher } from '../fakes/fake-publisher.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

const UIDS = Array.from({ length: 12 }, (_, index) => `user${index}`);
/** verdicts within a second */
const LISTS = ['notif.sync', 'msg.sync'].map((type) => ({ type, windowMs: 700, settleMs: 100 }));
let redis: TestRedis;
let world: Simulator;
let runtime: CrossfadeRuntime;
let gaps: string[];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  gaps = [];
  world = await startSimulator({
    redis: { host: redis.server.host, port: redis.server.port },
    users: UIDS,
    changesPerSecond: 12,
    seed: 4,
    say: () => undefined,
  });
});
afterEach(async () => {
  await runtime.close();
  await world.stop();
});

async function start(serviceUrl: string, more: Partial<CrossfadeOptions> = {}): Promise<void> {
  const flags = new FakeFlags();
  for (const uid of UIDS) flags.set(uid, true, true);
  const legacySource: InProcessSource = new InProcessSource({
    start: (topic) => world.listen(topic, (uid, item) => legacySource.push(uid, item)),
  });
  runtime = await startRuntime({
    mode: 'local',
    legacySource,
    redis: { host: redis.server.host, port: redis.server.port },
    flags: { reader: flags },
    presence: { serviceUrl },
    handover: { returnAfterMs: 100, handoverWindowMs: 100, firstListTimeoutMs: 500 },
    onGap: ({ cause }) => gaps.push(cause),
    ...more,
  });
}

const read = (...uids: string[]): void => {
  for (const uid of uids) runtime.events.listen(uid, () => undefined);
};
const servedBy = (source: string, uids: readonly string[]): Promise<void> =>
  waitFor(
    `${uids.join()} served by ${source}`,
    () => uids.every((uid) => runtime.events.servedBy(uid) === source),
    20_000,
  );
/** of how many users anything has been compared */
const compared = (): number => runtime.evidence?.sums().distinctUsers ?? 0;
const doubts = (): string[] => [...(runtime.watch?.standing() ?? [])];
const degraded = (): string => new CrossfadeHealth(runtime).degraded().join('\n');

describe('given users who become present while the publisher says nothing', () => {
  it('sends everybody in live to legacy, and back when first lists come again', async () => {
    world.pause();
    await start(world.url);
    const [before, after] = [UIDS.slice(0, 4), UIDS.slice(4, 8)];
    read(...before);
    await servedBy('redis', before);
    world.setFaults('drop=100%');
    read(...after);
    await waitFor('the doubt', () => doubts().includes('first_list'), 10_000);
    await servedBy('legacy', [...before, ...after]);
    expect(degraded()).toContain('publisher: users who had just become present got no list');
    world.setFaults('off');
    read(...UIDS.slice(8));
    await servedBy('redis', UIDS);
    expect(doubts()).toEqual([]);
    expect(new Set(gaps)).toEqual(new Set(['publisher']));
  });

  it('does nothing of the sort in a quiet night when they are attached elsewhere', async () => {
    world.pause();
    const said: string[] = [];
    const listener = redis.client.duplicate();
    await listener.psubscribe('user:*');
    listener.on('pmessage', (_pattern, channel: string) => said.push(channel));
    const elsewhere = UIDS.map((uid) => new WebSocket(`${world.url.replace('http', 'ws')}/ws?uid=${uid}`));
    // Both lists twice for each: nothing is left to come for who attaches after them.
    const told = (uid: string): number => said.filter((channel) => channel === `user:${uid}`).length;
    await waitFor('they have their first lists', () => UIDS.every((uid) => told(uid) >= 4), 10_000);
    await start(world.url);
    read(...UIDS);
    const isProbe = (channel: string): boolean => channel.startsWith('user:crossfade-probe-');
    await waitFor('somebody was asked about', () => said.some(isProbe), 10_000);
    expect(doubts()).toEqual([]);
    await servedBy('redis', UIDS);
    expect(gaps).toEqual([]);
    listener.disconnect();
    for (const socket of elsewhere) socket.terminate();
  });
});

describe('given users who lack on Redis what legacy brings', () => {
  it('sends the users of this replica to legacy and moves no percentage', async () => {
    await start(world.url, {
      comparing: { rules: LISTS, confirmMs: 0 },
    });
    read(...UIDS);
    await servedBy('redis', UIDS);
    await waitFor('everybody is compared', () => compared() === UIDS.length, 20_000);
    const stages = runtime.users();
    world.setFaults('drop=100%');
    await waitFor('the doubt', () => doubts().includes('missing_in_redis'), 20_000);
    await servedBy('legacy', UIDS);
    expect(degraded()).toContain('several users lack on Redis what legacy brought');
    expect(runtime.users()).toEqual(stages);
    expect(runtime.events.route('user1').stage).toBe('live');
  });
});

describe('given a publisher whose readyz says that it cannot publish', () => {
  it('serves users in live from legacy until it says that it can', async () => {
    const publisher = new FakePublisher();
    await publisher.start();
    await start(publisher.url, { watch: { readyzIntervalMs: 500 } });
    read('user1');
    await servedBy('redis', ['user1']);
    publisher.status = 503;
    await servedBy('legacy', ['user1']);
    expect(doubts()).toEqual(['readyz']);
    expect(degraded()).toContain('publisher: its /readyz does not say that it can publish');
    publisher.status = 200;
    await servedBy('redis', ['user1']);
    expect([doubts(), gaps, degraded()]).toEqual([[], ['publisher'], '']);
    await runtime.close();
    await publisher.stop();
  });
});

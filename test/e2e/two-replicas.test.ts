import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CrossfadeModule,
  EventProvider,
  InProcessSource,
  type Chat,
  type Gap,
  type Source,
  type UserEvent,
} from '../../src/index.js';
import { startSimulator, type Simulator } from '../../src/service/simulator/start-simulator.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

/** One backend with its own legacy side, as one of a fleet. */
interface Replica {
  readonly app: INestApplicationContext;
  readonly gaps: string[];
  readonly spans: Gap[];
  read(chat?: Chat, next?: (event: UserEvent) => void): () => void;
  servedBy(chat?: Chat): Source | undefined;
}

const UID = 'user1';
let redis: TestRedis;
let world: Simulator;
let chats: readonly Chat[];
const replicas: Replica[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await startSimulator({
    redis: { host: redis.server.host, port: redis.server.port },
    users: [UID],
    changesPerSecond: 20,
    seed: 4,
    heartbeatMs: 3_000,
    say: () => undefined,
  });
  chats = world.chatsOf(UID);
});
afterEach(async () => {
  for (const { app } of replicas.splice(0)) await app.close();
  await world.stop();
});

async function startReplica(stage: 'live' | 'complete' = 'live'): Promise<Replica> {
  const gaps: string[] = [];
  const spans: Gap[] = [];
  const flags = new FakeFlags().set(UID, stage === 'live', true);
  flags.serveIsFull = stage === 'complete';
  const legacySource: InProcessSource = new InProcessSource({
    start: (topic) =>
      world.listen(topic, (uid, item) => {
        legacySource.push(uid, item);
      }),
  });
  const app = await NestFactory.createApplicationContext(
    CrossfadeModule.forRoot({
      mode: 'local',
      legacySource,
      redis: { host: redis.server.host, port: redis.server.port },
      flags: { reader: flags },
      presence: { serviceUrl: world.url, lingerMs: 0 },
      handover: { returnAfterMs: 100, handoverWindowMs: 100 },
      compareChats: true,
      onGap: (gap) => {
        spans.push(gap);
        gaps.push(`${gap.cause} ${gap.topic.chat === undefined ? 'user' : 'chat'}`);
      },
    }),
    { logger: false, abortOnError: false },
  );
  const events = app.get(EventProvider);
  const replica: Replica = {
    app,
    gaps,
    spans,
    read: (chat, next = () => undefined) => events.listen(UID, next, chat && { chat }),
    servedBy: (chat) => events.servedBy(UID, chat && { chat }),
  };
  replicas.push(replica);
  return replica;
}

const served = (replica: Replica, chat: Chat | undefined, by: Source, withinMs = 12_000): Promise<void> =>
  waitFor(
    `${chat === undefined ? 'the user' : 'the chat'} is served by ${by}`,
    () => replica.servedBy(chat) === by,
    withinMs,
  );

async function sockets(count: number): Promise<void> {
  const open = async (): Promise<number> => {
    const debug = (await (await fetch(`${world.url}/debug`)).json()) as { presence: { sockets: number } };
    return debug.presence.sockets;
  };
  await waitFor(`${count} sockets`, async () => (await open()) === count);
}

describe('given two replicas that read one uid and two of its chats', () => {
  it('leaves neither silently deaf when a chat is closed and opened on the other', async () => {
    const [here, there] = [await startReplica(), await startReplica()];
    const [one, two] = chats;
    here.read();
    there.read();
    there.read(two);
    let closeOne = here.read(one);
    await sockets(4);
    for (const [replica, chat] of [
      [here, one],
      [here, undefined],
      [there, two],
      [there, undefined],
    ] as const)
      await served(replica, chat, 'redis');

    closeOne();
    // The publisher says nothing of this uid now, to anybody: both say so, and legacy serves.
    for (const [replica, chat] of [
      [there, two],
      [there, undefined],
      [here, undefined],
    ] as const)
      await served(replica, chat, 'legacy', 1_000);
    for (const [replica, chat] of [
      [there, two],
      [there, undefined],
      [here, undefined],
    ] as const)
      await served(replica, chat, 'redis');
    expect(there.gaps).toEqual(expect.arrayContaining(['presence user', 'presence chat']));

    closeOne = here.read(one);
    await sockets(4);
    await replicas.splice(replicas.indexOf(there), 1)[0]?.app.close();
    await served(here, one, 'legacy', 1_000);
    await served(here, one, 'redis');
    closeOne();
  });

  it('has in a reported gap whatever is said in the silence after a close, where nothing stands in for Redis', async () => {
    const [here, there] = [await startReplica('complete'), await startReplica('complete')];
    const [one, two] = chats;
    const delivered = new Set<string>();
    there.read(two, ({ payload }) => {
      for (const id of idsOf(payload)) delivered.add(id);
    });
    await served(there, two, 'redis');
    // What the publisher is silent about stays unread, and legacy's own listener is told of it.
    const said = new Map<string, number>();
    const startedAtMs = Date.now();
    const stop = world.listen({ uid: UID, ...(two && { chat: two }) }, (_uid, item) => {
      for (const id of idsOf('payload' in item ? item.payload : item[1])) said.set(id, Date.now());
    });
    for (let again = 0; again < 3; again++) {
      const close = here.read(one);
      await sockets(2);
      close();
      await sockets(1);
      await waitFor('the silence is over', () => there.spans.length > again, 10_000);
    }
    stop();
    await there.app.close();
    const isTold = (atMs: number): boolean =>
      there.spans.some(({ fromMs, toMs }) => fromMs - 100 <= atMs && atMs <= toMs + 100);
    // At its start legacy tells of what was unread before anybody was present.
    const swallowed = [...said].filter(([id, atMs]) => !delivered.has(id) && atMs - startedAtMs > 1_000);
    expect(there.gaps).toEqual(['presence chat', 'presence chat', 'presence chat']);
    expect(swallowed.length).toBeGreaterThan(0);
    expect(swallowed.filter(([, atMs]) => !isTold(atMs))).toEqual([]);
    for (const { fromMs, toMs } of there.spans) expect(toMs - fromMs).toBeLessThanOrEqual(45_500);
  });
});

/** The ids of the messages that a chat's payload brings. */
function idsOf(payload: unknown): string[] {
  const { raw_messages: messages = [] } = (payload ?? {}) as { raw_messages?: { id: string }[] };
  return messages.map(({ id }) => id);
}

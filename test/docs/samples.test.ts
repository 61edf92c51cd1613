import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import { AppModule } from '../../docs/examples/app.module.js';
import { examineBeforeDeploy } from '../../docs/examples/examine-before-deploy.js';
import { gapOptions } from '../../docs/examples/gaps.js';
import { heard } from '../../docs/examples/legacy-source.js';
import { ObservingModule } from '../../docs/examples/observing.module.js';
import { AppModule as ReadmeModule } from '../../docs/examples/readme.module.js';
import { readEverything } from '../../docs/examples/reading.js';
import { legacyWorld, redisWorld } from '../../docs/examples/testing.js';
import { EventProvider } from '../../src/index.js';
import { startSimulator, type Simulator } from '../../src/service/simulator/start-simulator.js';
import { flagFileText } from '../../src/tools.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

let redis: TestRedis;
let publisher: Simulator;
let folder: string;
let app: INestApplication | undefined;
const { env } = process;

beforeAll(async () => {
  redis = await startTestRedis();
  const { host, port } = redis.server;
  publisher = await startSimulator({ redis: { host, port }, users: 3, say: () => undefined });
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  await writeFile(join(folder, 'flags.json'), flagFileText({ compare: 100, serve: 100 }));
});
afterEach(async () => {
  process.env = env;
  await app?.close();
  app = undefined;
});
afterAll(async () => {
  await publisher.stop();
  await redis.stop();
  await rm(folder, { recursive: true });
});

const localEnv = (): NodeJS.ProcessEnv => ({
  LISTENERS_MODE: 'local',
  LISTENERS_REDIS_PORT: String(redis.server.port),
  LISTENERS_SERVICE_URL: publisher.url,
  CROSSFADE_FLAGS_FILE: join(folder, 'flags.json'),
});

async function start(module: Type | DynamicModule, settings: NodeJS.ProcessEnv = {}): Promise<string> {
  process.env = settings;
  app = await NestFactory.create(module, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
}

function provider(): EventProvider {
  if (app === undefined) throw new Error('no backend runs');
  return app.get(EventProvider);
}

/** What a screen gets until it has what the test waits for. */
async function screenOf(url: string, until: RegExp, act: () => void = () => undefined): Promise<string> {
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal });
  act();
  let text = '';
  for await (const bytes of response.body as ReadableStream<Uint8Array>) {
    text += new TextDecoder().decode(bytes);
    if (until.test(text)) break;
  }
  abort.abort();
  return text;
}

describe('given the backend of the tutorial', () => {
  it('shows in legacy what its own listeners heard, as before', async () => {
    const url = await start(AppModule, { LISTENERS_MODE: 'legacy' });
    const text = await screenOf(`${url}/events/user1`, /notif\.sync/, () => {
      heard('user1', ['notifications', { notifications: [], count: 0 }]);
    });
    expect(text).toContain('data: {"type":"notif.sync","uid":"user1"');
    expect((await fetch(`${url}/events/a%20b`)).status).toBe(400);
  });

  it('shows in local what the publisher says on Redis, once the flags say so', async () => {
    const url = await start(AppModule, localEnv());
    const text = await screenOf(`${url}/events/user1`, /msg\.sync/);
    expect(text).toMatch(/"type":"(notif|msg)\.sync","uid":"user1"/);
    expect(provider().route('user1')).toEqual({ stage: 'live', reason: 'flags' });
  });

  it('takes the uid, the chat and the bytes of the other ways to read', async () => {
    const { module } = redisWorld({ host: '127.0.0.1', port: redis.server.port });
    await start(module);
    const sent: (string | Uint8Array)[] = [];
    const { log } = console;
    console.log = () => undefined;
    const leave = readEverything(provider(), { send: (d) => sent.push(d) }, 'anna');
    const say = (channel: string, type: string, payload: object): Promise<number> =>
      redis.client.publish(channel, JSON.stringify({ type, uid: 'anna', timestamp: '', payload }));
    await waitFor('a list and a chat message came', async () => {
      await say('user:anna', 'notif.sync', { notifications: [], count: 0 });
      const message = { space_code: 'space-1', thread_key: 'thread-1', raw_messages: [{ id: 'm1' }] };
      await say('chat:anna:space-1:thread-1', 'chat.message', message);
      return sent.some((each) => typeof each === 'string') && sent.some((each) => typeof each !== 'string');
    });
    leave();
    console.log = log;
  });
});

describe('given the test worlds of the tutorial', () => {
  it('give what was pushed without any server, and what was published with one', async () => {
    const first = legacyWorld();
    await start(first.module);
    const got: string[] = [];
    provider().listen('u1', ({ source, type }) => got.push(`${source} ${type}`));
    first.legacySource.push('u1', ['messages', { messages: [] }]);
    expect(got).toEqual(['legacy msg.sync']);
    await app?.close();
    const second = redisWorld({ host: '127.0.0.1', port: redis.server.port });
    await start(second.module);
    provider().listen('u1', ({ source, type }) => got.push(`${source} ${type}`));
    await waitFor('Redis serves', async () => {
      await redis.client.publish('user:u1', JSON.stringify({ type: 'task.progress_update', uid: 'u1' }));
      return got.includes('redis task.progress_update');
    });
  });
});

describe('given the other samples', () => {
  it('serve metrics, and health that names what is ill', async () => {
    const { module } = legacyWorld();
    @Module({ imports: [{ ...module, global: true }, ObservingModule] })
    class Root {}
    const url = await start(Root);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('crossfade_users{stage="legacy"} 0');
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ degraded: [] });
  });

  it('re-read a user’s list, and tell of a gap', async () => {
    const lines: string[] = [];
    const { resync, onGap } = gapOptions(
      () => Promise.resolve([{ doc_id: 'a' }]),
      (line) => lines.push(line),
    );
    expect(await resync.callback({ uid: 'u1' })).toEqual([
      ['notifications', { notifications: [{ doc_id: 'a' }], count: 1 }],
    ]);
    onGap({ topic: { uid: 'u1' }, source: 'redis', cause: 'link', fromMs: 0, toMs: 40 });
    expect(lines).toEqual(['redis may have missed events for 40 ms (link)']);
  });

  it('examine with the host’s own Firestore', async () => {
    process.env = localEnv();
    const empty = () => Promise.resolve({ docs: [] });
    const firestore = { collection: () => ({ get: empty, where: () => ({ get: empty }) }) };
    expect(await examineBeforeDeploy(firestore, 'user3')).toBe(true);
  });

  it('make the module of the README', () => {
    expect(Reflect.getMetadata('imports', ReadmeModule)).toHaveLength(1);
  });
});

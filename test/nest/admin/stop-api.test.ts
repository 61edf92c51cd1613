import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CrossfadeAdminModule } from '../../../src/admin.js';
import { CrossfadeModule, InProcessSource, type CrossfadeOptions } from '../../../src/index.js';
import { CROSSFADE_RUNTIME } from '../../../src/nest/tokens.js';
import type { CrossfadeRuntime } from '../../../src/nest/crossfade-runtime.js';
import { FakeFlags } from '../../fakes/fake-flags.js';
import { startTestRedis, type TestRedis } from '../../servers/test-redis.js';
import { waitFor } from '../../wait-for.js';

const VIEWER = 'viewer-token-of-a-test';
const OPERATOR = 'operator-token-of-a-test';

let redis: TestRedis;
const apps: INestApplication[] = [];
let one: string;
let two: string;

beforeAll(async () => {
  redis = await startTestRedis();
  one = await replica();
  two = await replica();
  await waitFor('both listen', async () => (await heardBy()) === 2);
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await redis.stop();
});
beforeEach(async () => {
  await tell(one, 'stop');
  await tell(one, 'start');
  await waitFor('both are started', async () => !(await stopOf(two)).stopped);
});

const heardBy = async (): Promise<number> => redis.client.publish('crossfade:stop', 'nobody minds this');

async function replica(more: Partial<CrossfadeOptions> = {}): Promise<string> {
  const module = await Test.createTestingModule({
    imports: [
      CrossfadeModule.forRoot({
        ...{ isGlobal: true, mode: 'local', redis: { host: '127.0.0.1', port: redis.server.port } },
        flags: { reader: new FakeFlags() },
        ...(more.legacy === 'retired' ? {} : { legacySource: new InProcessSource() }),
        ...more,
      }),
      CrossfadeAdminModule.forRoot({
        ...{ viewer: [VIEWER], operator: [OPERATOR] },
        limits: { readings: 100_000, actions: 100_000, strangers: 100_000 },
      }),
    ],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  apps.push(app);
  return app.getUrl();
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function tell(
  url: string,
  path: 'stop' | 'start',
  body?: string | object,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
  token = OPERATOR,
): Promise<Answer> {
  const response = await fetch(`${url}/crossfade/api/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const stopOf = async (url: string): Promise<{ stopped: boolean; epoch: number; by: string }> => {
  const headers = { authorization: `Bearer ${VIEWER}` };
  const response = await fetch(`${url}/crossfade/api/status`, { headers });
  return ((await response.json()) as { stop: { stopped: boolean; epoch: number; by: string } }).stop;
};

describe('given an operator who stops a fleet of two by HTTP', () => {
  it('stops both, says how many heard, and starts both again', async () => {
    const { status, body } = await tell(one, 'stop', { why: 'a drill', by: 'anna' });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        ...{ stopped: true, epoch: expect.any(Number), by: 'anna', why: 'a drill', problems: [], moved: 0 },
        ...{
          since: expect.stringMatching(/^2.+Z$/),
          unreadSeconds: expect.any(Number),
          reached: 'fleet',
          heardBy: 2,
        },
      },
    });
    await waitFor('the other', async () => (await stopOf(two)).epoch === body['epoch']);
    expect(await tell(two, 'start', { why: 'over', by: 'ben' })).toMatchObject({
      status: 200,
      body: { stopped: false, by: 'ben', reached: 'fleet' },
    });
    await waitFor('the other again', async () => !(await stopOf(one)).stopped);
  });

  it('needs no body, and cuts what is far too long instead of refusing it', async () => {
    expect(await tell(one, 'stop', undefined, {})).toMatchObject({
      status: 200,
      body: { stopped: true, by: 'operator from 127.0.0.1', why: '' },
    });
    const { body } = await tell(one, 'stop', {
      why: `\u0000 a\n${'long '.repeat(10_000)}`,
      by: 'x'.repeat(5_000),
    });
    expect([String(body['why']).length, String(body['by']).length, body['stopped']]).toEqual([
      500,
      100,
      true,
    ]);
  });

  it.each([
    [{ why: 7 }],
    [{ why: 'x', shout: true }],
    [['x']],
    ['"x"'],
    ['{'],
    [{ epoch: 0 }],
    [{ epoch: 1.5 }],
    [{ over: 3 }],
  ])('turns %j away, and stops nobody', async (body) => {
    expect((await tell(one, 'stop', body)).status).toBe(400);
    expect((await stopOf(one)).stopped).toBe(false);
  });

  it('lets no viewer and no stranger stop or start', async () => {
    for (const path of ['stop', 'start'] as const) {
      expect((await tell(one, path, {}, undefined, VIEWER)).status).toBe(403);
      expect((await tell(one, path, {}, undefined, 'stranger-token-of-a-test')).status).toBe(401);
    }
    expect((await stopOf(one)).stopped).toBe(false);
  });

  it('refuses a start where nothing is stopped, and one that answers a word that no longer stands', async () => {
    expect(await tell(one, 'start')).toMatchObject({ status: 409, body: { code: 'nothing_to_start' } });
    const { body } = await tell(one, 'stop', { by: 'anna' });
    await tell(one, 'stop', { by: 'ben' });
    expect(await tell(one, 'start', { over: body['epoch'] })).toMatchObject({
      status: 409,
      body: { code: 'stopped_again', message: expect.stringContaining('by ben') },
    });
    expect((await stopOf(one)).stopped).toBe(true);
  });

  it('takes a word that is passed on for one word however often it comes', async () => {
    const word = { why: '', by: 'anna', epoch: Date.now() };
    const first = await tell(one, 'stop', word);
    expect(await tell(one, 'stop', word)).toMatchObject({
      status: 200,
      body: { epoch: first.body['epoch'] },
    });
  });

  it('stops all the same by a word from a clock that is years ahead, and can be started again', async () => {
    const { body } = await tell(one, 'stop', { epoch: 253_402_300_799_999 });
    expect(Number(body['epoch'])).toBeLessThan(Date.now() + 60_000);
    expect(await tell(one, 'start')).toMatchObject({ status: 200, body: { stopped: false } });
  });

  it('holds one word in the end, whatever several people say at the same time', async () => {
    const said = Array.from({ length: 12 }, (_, n) =>
      tell(n % 2 === 0 ? one : two, n % 3 === 0 ? 'start' : 'stop', { by: `person ${n}` }),
    );
    for (const { status } of await Promise.all(said)) expect([200, 409]).toContain(status);
    await waitFor('one word', async () => {
      const [a, b] = await Promise.all([stopOf(one), stopOf(two)]);
      return a.epoch === b.epoch && a.by === b.by && a.stopped === b.stopped;
    });
  });
});

describe('given a replica where nobody can be stopped', () => {
  it.each([
    [{ mode: 'legacy' }, /everybody is on legacy already/],
    [{ legacy: 'retired' }, /retired: there is nothing to go back to/],
  ] as const)('refuses with the reason: %j', async (more, message) => {
    const url = await replica(more);
    for (const path of ['stop', 'start'] as const)
      expect(await tell(url, path, {})).toMatchObject({
        status: 409,
        body: { code: 'cannot_stop', message: expect.stringMatching(message) },
      });
    expect(apps.at(-1)?.get<CrossfadeRuntime>(CROSSFADE_RUNTIME).killSwitch).toBeUndefined();
  });
});

describe('given a fleet whose Redis is gone', () => {
  it('stops the replica that is asked, and does not say that the fleet is', async () => {
    await redis.server.kill('SIGKILL');
    expect(await tell(one, 'stop', { by: 'anna' })).toMatchObject({
      status: 503,
      body: {
        stopped: true,
        reached: 'replica',
        heardBy: 0,
        problems: [expect.stringMatching(/see to Redis/)],
      },
    });
    const word = { by: 'anna', why: '', epoch: Date.now() };
    expect(await tell(two, 'stop', word)).toMatchObject({
      status: 200,
      body: { stopped: true, reached: 'replica' },
    });
    expect((await stopOf(two)).stopped).toBe(true);
    await redis.server.restart();
    await waitFor('Redis knows', async () => (await redis.client.get('{crossfade}:stop')) !== null, 10_000);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventProvider } from '../../../src/index.js';
import { flagFileText } from '../../../src/tools.js';
import { FakeUnleash } from '../../fakes/fake-unleash.js';
import { startTestRedis, type TestRedis } from '../../servers/test-redis.js';
import { waitFor } from '../../wait-for.js';
import { startGateway, type RunningGateway, type SocketClient } from './running-gateway.js';

let redis: TestRedis;
let unleash: FakeUnleash;
let gateway: RunningGateway;
let client: SocketClient;

beforeAll(async () => {
  redis = await startTestRedis();
  unleash = await new FakeUnleash(JSON.parse(flagFileText({ compare: 100, serve: 100 }))).start();
  gateway = await startGateway({
    mode: 'local',
    redis: { host: '127.0.0.1', port: redis.server.port },
    flags: { unleash: { url: unleash.url, token: 'default:development.test', pollIntervalMs: 100 } },
    handover: { handoverWindowMs: 200, firstListTimeoutMs: 200, returnAfterMs: 0 },
  });
  client = gateway.connect('uid=u1');
  await client.opened;
});
afterAll(async () => {
  await gateway.backend.stop();
  await redis.stop();
  await unleash.stop();
});

interface Health {
  readonly status: string;
  readonly degraded: readonly string[];
}

async function healthOf(name: string): Promise<[number, Health]> {
  const response = await fetch(`${gateway.url}/crossfade/${name}`);
  return [response.status, (await response.json()) as Health];
}

describe('given users in live, and then neither Redis nor Unleash', () => {
  it('goes on from legacy, is alive and ready, and says what is ill', async () => {
    const events = gateway.backend.app.get(EventProvider);
    await waitFor('live', () => events.servedBy('u1') === 'redis', 20_000);
    const from = async (what: string): Promise<void> => {
      await waitFor(`an event from ${what}`, () => client.got.some(({ type }) => type === what), 10_000);
    };
    await redis.client.publish('user:u1', '{"type": "of.redis", "uid": "u1", "payload": {}}');
    await from('of.redis');

    await redis.server.kill('SIGKILL');
    await unleash.stop();
    await waitFor('legacy serves', () => events.servedBy('u1') === 'legacy', 10_000);
    await gateway.feed({ uid: 'u1', item: ['notifications', { notifications: [], count: 0 }] });
    await from('notif.sync');
    await waitFor(
      'both are named',
      async () => {
        const lines = (await healthOf('readyz'))[1].degraded.join('\n');
        return /^redis: /m.test(lines) && /^flags: /m.test(lines);
      },
      20_000,
    );
    for (const name of ['healthz', 'readyz']) {
      const [status, { status: word, degraded }] = await healthOf(name);
      expect([name, status, word]).toEqual([name, 200, 'ok']);
      expect(degraded).toEqual(
        expect.arrayContaining([expect.stringMatching(/^redis: /), expect.stringMatching(/^flags: /)]),
      );
    }
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { flagFileText } from '../../src/flags/flag-file-text.js';
import { FakePublisher } from '../fakes/fake-publisher.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

let redis: TestRedis;
let publisher: FakePublisher;
let folder: string;
let child: ChildProcess;
let url: string;

beforeAll(async () => {
  redis = await startTestRedis();
  folder = await mkdtemp(join(tmpdir(), 'crossfade-shutdown-'));
  await writeFile(join(folder, 'flags.json'), flagFileText({ compare: 100, serve: 100 }));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await redis.stop();
});
beforeEach(async () => {
  publisher = new FakePublisher();
  await publisher.start();
});
afterEach(async () => {
  child.kill('SIGKILL');
  await publisher.stop();
});

/** A backend as a process of its own, with one user who listens. */
async function start(env: Record<string, string> = {}): Promise<{ readonly ended: Promise<string> }> {
  child = spawn(process.execPath, ['dist/main.js'], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      LISTENERS_MODE: 'local',
      LISTENERS_REDIS_PORT: String(redis.server.port),
      LISTENERS_SERVICE_URL: publisher.url,
      CROSSFADE_FLAGS_FILE: join(folder, 'flags.json'),
      PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  url = /http:\S+/.exec(line.toString())?.[0] ?? '';
  const response = await fetch(`${url}/events/u1`);
  await waitFor('the user is present', () => publisher.present.length === 1);
  expect(await subscribers()).toBe(1);
  return { ended: response.text() };
}

async function subscribers(): Promise<number> {
  const [, count] = (await redis.client.pubsub('NUMSUB', 'user:u1')) as [string, number];
  return count;
}
const status = async (path: string): Promise<number> => (await fetch(`${url}${path}`)).status;

describe('given a backend that is told to end while a user listens', () => {
  it('takes nobody new, closes stream, presence and subscription, gives its last metrics and ends well', async () => {
    const { ended } = await start();
    expect(await status('/metrics')).toBe(200);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    expect([await status('/readyz'), await status('/events/u2'), await status('/healthz')]).toEqual([
      503, 503, 200,
    ]);
    await waitFor('nobody is present', () => publisher.present.length === 0);
    await waitFor('nobody subscribes', async () => (await subscribers()) === 0);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('crossfade_events_received_total{source="redis"');
    expect(metrics).toMatch(/crossfade_users\{stage="live"\} 0\n/);
    const scrapedAtMs = performance.now();
    expect(await exit).toEqual([0, null]);
    // The limit is 8 s: it does not wait for it when the last scrape has come.
    expect(performance.now() - scrapedAtMs).toBeLessThan(4_000);
  });

  it('does not wait for a scrape where nobody ever scraped', async () => {
    const { ended } = await start();
    const exit = once(child, 'exit');
    const toldAtMs = performance.now();
    child.kill('SIGTERM');
    await ended;
    expect(await exit).toEqual([0, null]);
    expect(performance.now() - toldAtMs).toBeLessThan(6_000);
  });

  it('ends within its limit although Redis answers nothing and nobody comes for the last metrics', async () => {
    await start({ CROSSFADE_SHUTDOWN_LIMIT_MS: '700' });
    expect(await status('/metrics')).toBe(200);
    await redis.server.kill('SIGSTOP');
    try {
      const exit = once(child, 'exit');
      const toldAtMs = performance.now();
      child.kill('SIGTERM');
      expect(await exit).toEqual([0, null]);
      expect(performance.now() - toldAtMs).toBeLessThan(3_000);
    } finally {
      await redis.server.kill('SIGCONT');
    }
  });
});

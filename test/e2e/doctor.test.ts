import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../src/service/simulator/start-simulator.js';
import type { RunningServer } from '../../src/service/servers/running-server.js';
import type { DoctorReport } from '../../src/tools.js';
import { startTestPrometheus } from '../servers/test-prometheus.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { startTestUnleash, type TestUnleash } from '../servers/test-unleash.js';
import { waitFor } from '../wait-for.js';
import { runCrossfade, type Ran } from './run-crossfade.js';

/** An Unleash takes half a minute to start on a busy machine; else the flags are in a file. */
const IS_LONG = process.env['CROSSFADE_LONG'] !== undefined;

/** Nothing of what is set for the tests themselves is read. */
const BARE = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

let redis: TestRedis;
let publisher: Simulator;
let unleash: TestUnleash | undefined;
let folder: string;
let prometheus: RunningServer;
let backend: ChildProcess;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  [redis, unleash] = await Promise.all([startTestRedis(), IS_LONG ? startTestUnleash() : undefined]);
  const { host, port } = redis.server;
  publisher = await startSimulator({ redis: { host, port }, users: 5, say: () => undefined });
  env = {
    LISTENERS_MODE: 'local',
    LISTENERS_REDIS_PORT: String(port),
    LISTENERS_SERVICE_URL: publisher.url,
    ...(unleash === undefined
      ? { CROSSFADE_FLAGS_FILE: join(folder, 'flags.json') }
      : {
          CROSSFADE_UNLEASH_URL: unleash.url,
          CROSSFADE_UNLEASH_TOKEN: unleash.backendToken,
          CROSSFADE_UNLEASH_ADMIN_TOKEN: unleash.adminToken,
          CROSSFADE_UNLEASH_ENVIRONMENT: 'development',
        }),
  };
  expect((await crossfade('flags', 'init')).code).toBe(0);
  backend = spawn(process.execPath, ['dist/main.js'], {
    env: { ...BARE, ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(backend.stdout ?? backend, 'data')) as [Buffer];
  const { host: target } = new URL(/http:\S+/.exec(line.toString())?.[0] ?? '');
  prometheus = await startTestPrometheus([target]);
  env['CROSSFADE_PROMETHEUS_URL'] = `http://127.0.0.1:${prometheus.port}`;
  await waitFor('Prometheus has scraped', isScraped, 20_000);
}, 120_000);
afterAll(async () => {
  const ended = once(backend, 'exit');
  backend.kill('SIGTERM');
  await ended;
  await Promise.all([prometheus.stop(), publisher.stop(), unleash?.stop()]);
  await redis.stop();
  await rm(folder, { recursive: true });
}, 60_000);

const crossfade = (...args: string[]): Promise<Ran> => runCrossfade(args, { ...BARE, ...env });

async function isScraped(): Promise<boolean> {
  const url = `${env['CROSSFADE_PROMETHEUS_URL'] ?? ''}/api/v1/query?query=crossfade_users`;
  return (await (await fetch(url)).text()).includes('legacy');
}

describe('given Redis, publisher, flags, a backend and its Prometheus, all well', () => {
  it('finds all well, says whom it makes present before it does, and ends with 0', async () => {
    const { code, stdout, stderr } = await crossfade('doctor', '--json', '--uid', 'user1');
    const report = JSON.parse(stdout) as DoctorReport;
    const notOk = report.checkpoints
      .filter(({ mark }) => mark !== 'ok')
      .map(({ name, mark }) => [name, mark]);
    expect(notOk).toEqual([
      ['tls', 'skipped'],
      ['firestore', 'skipped'],
    ]);
    expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
    expect(stderr).toMatch(/present for some seconds.*never of a chat/);
    if (unleash !== undefined) expect(stdout + stderr).not.toContain(unleash.adminToken);
  });

  it('says the same to a person, in 80 columns', async () => {
    const { code, stdout } = await crossfade('doctor');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Fit: 0 with a fault, [01] with a warning, (10|11) ok, 4 skipped\.$/m);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('ends with 2 and looks at nothing where the uid can be none', async () => {
    const { code, stdout, stderr } = await crossfade('doctor', '--uid', 'a b');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/no uid\. Give 1 to 128/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('given a Redis that was killed', () => {
  it('ends with 1, and names what to start', async () => {
    await redis.server.kill();
    const { code, stdout } = await crossfade('doctor', '--uid', 'user1');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAULT {2}tcp .*ECONNREFUSED/m);
    expect(stdout).toMatch(/-> Start the Redis/);
    expect(stdout).toMatch(/^FAULT {2}publisher .*not ready \(503\)/m);
    await redis.server.restart();
  });
});

(IS_LONG ? describe : describe.skip)('given an Unleash whose tokens are of two environments', () => {
  it('warns, and names the variable', async () => {
    const development = env['CROSSFADE_UNLEASH_ENVIRONMENT'];
    env['CROSSFADE_UNLEASH_ENVIRONMENT'] = 'production';
    const { stdout } = await crossfade('doctor', '--json');
    env['CROSSFADE_UNLEASH_ENVIRONMENT'] = development;
    const flags = (JSON.parse(stdout) as DoctorReport).checkpoints.find(({ name }) => name === 'flags');
    expect(flags?.mark).toBe('warning');
    expect(JSON.stringify(flags)).toMatch(
      /differs from what the admin token reads.*CROSSFADE_UNLEASH_ENVIRONMENT/,
    );
  });

  it('finds an admin token that the server does not know', async () => {
    const token = env['CROSSFADE_UNLEASH_ADMIN_TOKEN'];
    env['CROSSFADE_UNLEASH_ADMIN_TOKEN'] = '*:*.nobody';
    const { code, stdout } = await crossfade('doctor', '--json');
    env['CROSSFADE_UNLEASH_ADMIN_TOKEN'] = token;
    expect(code).toBe(1);
    expect(stdout).toMatch(/does not know the token.*[Gg]ive a valid admin token/);
  });
});

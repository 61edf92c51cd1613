import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readSettings, type Settings } from '../../src/nest/settings.js';
import { FleetStop, flagFileText, runControl, type RunningControl } from '../../src/tools.js';
import { freePort } from '../../src/service/servers/free-port.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

let folder: string;
let redis: TestRedis;
let settings: Settings;
let control: RunningControl;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  redis = await startTestRedis();
  await writeFile(join(folder, 'flags.json'), flagFileText({ compare: 100, serve: 50 }));
  settings = readSettings({
    LISTENERS_MODE: 'local',
    LISTENERS_REDIS_PORT: String(redis.server.port),
    CROSSFADE_FLAGS_FILE: join(folder, 'flags.json'),
    CROSSFADE_CONTROL_FOLDER: join(folder, 'control'),
    CROSSFADE_CONTROL_LOOK_MS: '200',
    CROSSFADE_PROMETHEUS_URL: `http://127.0.0.1:${await freePort()}`,
  });
  control = await runControl({ settings });
}, 60_000);
afterEach(async () => {
  await control.close();
  await redis.stop();
  await rm(folder, { recursive: true });
});

describe('given a controller that keeps its record in a folder, and replicas that share a Redis', () => {
  it('hears the stop of the fleet all the same, and takes serve to 0 %', async () => {
    const stop = FleetStop.open(settings, []);
    await stop.stop({ by: 'a person', why: 'a test' });
    await stop.close();
    const serve = async (): Promise<unknown> => {
      const { features } = JSON.parse(await readFile(join(folder, 'flags.json'), 'utf8')) as {
        features: { name: string; strategies: { parameters: { rollout: string } }[] }[];
      };
      return features.find(({ name }) => name === 'crossfade-serve')?.strategies[0]?.parameters.rollout;
    };
    await waitFor('serve to be 0 %', async () => (await serve()) === '0', 10_000);
    const record = await readFile(join(folder, 'control', 'decisions.jsonl'), 'utf8');
    expect(record).toContain('a person');
  });
});

import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CrossfadeModule, InProcessSource } from '../../src/index.js';
import { Test, type TestingModule } from '@nestjs/testing';
import { Registry } from 'prom-client';
import { FileDecisionLog } from '../../src/coordination/file-decision-log.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import type { LogEntry } from '../../src/domain/decision.js';
import { optionsFromSettings } from '../../src/nest/options-from-settings.js';
import { readSettings } from '../../src/nest/settings.js';
import { freePort } from '../../src/service/servers/free-port.js';
import { flagFileText } from '../../src/tools.js';
import { waitFor } from '../wait-for.js';

let folder: string;
let module: TestingModule;
let registry: Registry;
let failures: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  await writeFile(join(folder, 'flags.json'), flagFileText({ compare: 0, serve: 0 }));
  await writeFile(join(folder, 'plan.yaml'), 'version: 1\nsteps: [{ compare: 5 }, { compare: 100 }]\n');
  registry = new Registry();
  failures = [];
});

afterEach(async () => {
  await module.close();
  await rm(folder, { recursive: true });
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<void> {
  const settings = readSettings({
    LISTENERS_MODE: 'local',
    LISTENERS_REDIS_PORT: String(await freePort()),
    CROSSFADE_FLAGS_FILE: join(folder, 'flags.json'),
    CROSSFADE_CONTROL: 'true',
    CROSSFADE_CONTROL_FOLDER: join(folder, 'control'),
    CROSSFADE_CONTROL_LOOK_MS: '200',
    CROSSFADE_PLAN_FILE: join(folder, 'plan.yaml'),
    ...env,
  });
  const options = { legacySource: new InProcessSource(), registry };
  module = await Test.createTestingModule({
    imports: [
      CrossfadeModule.forRoot({
        ...optionsFromSettings(settings),
        ...options,
        onFailure: (message) => failures.push(message),
      }),
    ],
  }).compile();
  await module.init();
}

const looksCounted = async (): Promise<string> =>
  (await registry.metrics()).split('\n').find((line) => line.startsWith('crossfade_control_looks_total{')) ??
  '';
const record = (): Promise<readonly LogEntry[]> =>
  new FileDecisionLog({
    path: join(folder, 'control', 'decisions.jsonl'),
    clock: new SystemClock(),
  }).read(1, 1_000);
const kinds = async (): Promise<string[]> => (await record()).map(({ event }) => event.kind);
const flags = (): Promise<string> => readFile(join(folder, 'flags.json'), 'utf8');

describe('given a backend that carries its controller', () => {
  it('widens by the plan on its own evidence, and then holds for want of data', async () => {
    await start();
    await waitFor('a look that holds', async () => (await kinds()).at(-1) === 'looked');
    expect((await kinds()).slice(0, 3)).toEqual(['intended', 'applied', 'looked']);
    expect(await flags()).toContain('"rollout": "5"');
    const { event } = (await record()).findLast((entry) => entry.event.kind === 'looked') ?? {};
    if (event?.kind !== 'looked') throw new Error('there was no look');
    expect(event.verdict.reasons[0]?.code).toBe('no_data');
    expect(event.evidence?.replicas).toEqual({ expected: 1, reporting: 1, problems: [] });
    expect(await looksCounted()).not.toBe('');
  });

  it('gives the lease up when it closes, so that another may act at once', async () => {
    await start();
    await waitFor('a look', async () => (await kinds()).length > 0);
    await module.close();
    const lease = JSON.parse(await readFile(join(folder, 'control', 'lease.json'), 'utf8')) as object;
    expect(lease).toMatchObject({ untilMs: 0 });
    const before = await record();
    registry = new Registry();
    await start();
    await waitFor('another look', async () => (await record()).length > before.length);
    const tokens = (await record()).map(({ token }) => token ?? 0);
    expect(tokens.at(-1)).toBeGreaterThan(tokens[0] ?? Infinity);
  });
});

describe('given a controller that cannot start', () => {
  it('is named, and the backend starts and serves all the same', async () => {
    await writeFile(join(folder, 'plan.yaml'), 'version: 1\nsteps: [{ compare: 101 }]\n');
    await start();
    await waitFor('the failure to be told', () => failures.some((line) => line.includes('controller')));
    expect(failures.find((line) => line.includes('controller'))).toMatch(
      /^The controller did not start: The plan .* will not do: ?\n {2}- steps\[0\]\.compare: /,
    );
    expect(await flags()).toContain('"rollout": "0"');
  });
});

describe('given a backend without a controller, or in legacy mode', () => {
  it.each([{ CROSSFADE_CONTROL: 'false' }, { LISTENERS_MODE: 'legacy' }])(
    'looks at nothing: %j',
    async (env) => {
      await start(env);
      expect(await looksCounted()).toBe('');
      await expect(access(join(folder, 'control'))).rejects.toThrow('ENOENT');
    },
  );
});

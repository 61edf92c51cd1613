import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainCommand } from '../../../src/service/commands/explain-command.js';
import { flagsCommand } from '../../../src/service/commands/flags-command.js';
import { statusCommand } from '../../../src/service/commands/status-command.js';
import { freePort } from '../../../src/service/servers/free-port.js';
import { startTestRedis, type TestRedis } from '../../servers/test-redis.js';
import { bucketOf, flagFileText } from '../../../src/tools.js';
import { runCommand, type Ran } from './run-command.js';

let folder: string;
let flagsFile: string;
let redis: TestRedis;

beforeAll(async () => {
  redis = await startTestRedis();
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  flagsFile = join(folder, 'state', 'flags.json');
});
afterAll(async () => {
  await redis.stop();
  await rm(folder, { recursive: true });
});

const crossfade = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  runCommand([flagsCommand(), explainCommand(), statusCommand()], args, {
    LISTENERS_MODE: 'local',
    LISTENERS_REDIS_PORT: String(redis.server.port),
    CROSSFADE_FLAGS_FILE: flagsFile,
    CROSSFADE_CONTROL_FOLDER: folder,
    ...env,
  });

describe('given a flags file that is named and not there', () => {
  it('is missed by check, made by init, kept by a second init, and then found sound', async () => {
    const missed = await crossfade(['flags', 'check']);
    expect(missed).toMatchObject({ code: 1, stderr: expect.stringMatching(/ENOENT\): mend it/) });
    const first = await crossfade(['flags', 'init', '--json']);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      done: [expect.stringContaining(flagsFile)],
      problems: [],
    });
    await writeFile(flagsFile, flagFileText({ compare: 100, serve: 25 }));
    const second = await crossfade(['flags', 'init']);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Both flags are there\.\n/) });
    expect(await readFile(flagsFile, 'utf8')).toBe(flagFileText({ compare: 100, serve: 25 }));
    const checked = await crossfade(['flags', 'check', '--json']);
    expect(checked.code).toBe(0);
    expect(JSON.parse(checked.stdout)).toMatchObject({ percents: { compare: 100, serve: 25 }, problems: [] });
  });
});

describe('given sound flags', () => {
  it('explains a user', async () => {
    const { code, stdout } = await crossfade(['explain', 'anna']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      `anna: bucket ${bucketOf('anna')} of 100; compare 100 %, serve 25 %, from file.`,
      'The flags decide.',
      `crossfade-compare at 100 % says yes to bucket ${bucketOf('anna')}.`,
      `crossfade-serve at 25 % says yes to bucket ${bucketOf('anna')}.`,
      'So the stage is live, and redis serves.',
      '',
    ]);
  });

  it('says in the status what they ask for, and that a replica does not answer', async () => {
    const alone = await crossfade(['status']);
    expect(alone).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ask for compare 100 %, serve 25 %'),
    });
    const url = `http://127.0.0.1:${await freePort()}`;
    const { code, stdout } = await crossfade(['status', '--json', '--replica', url], {
      CROSSFADE_ADMIN_VIEWER_TOKEN: 'viewer-token-of-a-test',
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      flags: { desired: { compare: 100, serve: 25 } },
      problems: [expect.stringContaining(`${url}: It did not answer (ECONNREFUSED)`)],
    });
  });
});

describe('given flags that would surprise', () => {
  it('lists each fault with its cure, and ends with 1', async () => {
    await writeFile(flagsFile, flagFileText({ compare: 5, serve: 25 }));
    for (const command of [['flags', 'check'], ['status'], ['explain', 'anna']]) {
      const { code, stderr } = await crossfade(command);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^problem: .*raise compare to 25/);
    }
  });
});

describe('given what cannot be', () => {
  it.each<[readonly string[], NodeJS.ProcessEnv, RegExp]>([
    [['flags', 'wash'], {}, /unknown command/],
    [['explain'], {}, /missing required argument/],
    [['explain', 'a b'], {}, /uid/],
    [['status', '--replica', 'localhost'], {}, /Give a base URL/],
    [['flags', 'init'], { CROSSFADE_FLAGS_FILE: '' }, /Set CROSSFADE_UNLEASH_URL/],
    [
      ['flags', 'init'],
      {
        CROSSFADE_FLAGS_FILE: '',
        CROSSFADE_UNLEASH_URL: 'http://127.0.0.1:1/api',
        CROSSFADE_UNLEASH_TOKEN: 'default:development.secret',
      },
      /Set CROSSFADE_UNLEASH_ADMIN_TOKEN/,
    ],
    [['status'], { CROSSFADE_UNLEASH_POLL_MS: 'often' }, /CROSSFADE_UNLEASH_POLL_MS is not a whole number/],
  ])('refuses %j with %j in words, without a stack trace, and ends with 2', async (args, env, words) => {
    const { code, stdout, stderr } = await crossfade(args, env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/^\s+at |secret/m);
  });

  it('shows its help and ends with 0', async () => {
    const { code, stdout } = await crossfade(['flags', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/init.+safe to repeat/);
  });
});

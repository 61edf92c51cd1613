import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { env: { ...process.env, NODE_OPTIONS: '', ...env } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

const crossfade = (...args: string[]): Promise<Ran> => run(['dist/service/crossfade.js', ...args]);

describe('given the built command line', () => {
  it('compares a recording and prints one JSON object', async () => {
    const { code, stdout } = await crossfade(
      'compare',
      '--trace',
      'test/traces/faults-in-lists.jsonl',
      '--json',
    );
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as { mismatches: { class: string }[] };
    expect(report.mismatches.map((each) => each.class).sort()).toEqual([
      'different',
      'missing_in_legacy',
      'missing_in_redis',
    ]);
  });

  it('names the line that is broken and reads the rest', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
    const file = join(folder, 'trace.jsonl');
    await writeFile(
      file,
      '{"t": 0, "source": "legacy", "uid": "u1", "item": ["notifications", {}]}\nnot json\n',
    );
    const { code, stdout, stderr } = await crossfade('compare', '--trace', file, '--json');
    await rm(folder, { recursive: true });
    expect({ code, broken: stderr.includes(`${file}:2:`) }).toEqual({ code: 0, broken: true });
    expect(JSON.parse(stdout)).toMatchObject({ mismatches: [] });
  });

  it.each([
    [['compare', '--trace', '/nowhere'], /no such file/],
    [['compare'], /--trace/],
    [['demo', '--users', '0'], /whole number from 1/],
    [['demo', '--fault', 'explode'], /explode/],
    [['nonsense'], /unknown command/],
  ])('refuses %j with words and a code other than 0', async (args, words) => {
    const { code, stderr } = await crossfade(...args);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('given a process whose settings are wrong', () => {
  it('names every fault with its cure, prints no secret, and ends with a code other than 0', async () => {
    const { code, stderr, stdout } = await run(['dist/main.js'], {
      LISTENERS_MODE: 'production',
      LISTENERS_REDIS_PORT: 'abc',
      LISTENERS_REDIS_PASSWORD: 'hunter2',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/LISTENERS_MODE .*\n.*LISTENERS_REDIS_PORT /);
    expect(stdout + stderr).not.toContain('hunter2');
  });
});

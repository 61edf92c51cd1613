import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBuilt, type Ran } from './run-crossfade.js';

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  runBuilt(args, { ...process.env, NODE_OPTIONS: '', ...env });

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
    // Words for a person, once; no trace of where in the code it happened.
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr.match(/LISTENERS_REDIS_PORT /g)).toHaveLength(1);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it('names the variable that gives the flags where none are given', async () => {
    const { code, stderr } = await run(['dist/main.js'], { LISTENERS_MODE: 'local', PORT: '0' });
    expect(code).toBe(1);
    expect(stderr).toContain('CROSSFADE_FLAGS_FILE');
  });
});

describe('given a process that is asked to end while a screen listens', () => {
  it('ends at once, and well', async () => {
    const child = spawn(process.execPath, ['dist/main.js'], {
      env: { ...process.env, NODE_OPTIONS: '', LISTENERS_MODE: 'legacy', PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\S+/.exec(line.toString())?.[0] ?? '';
    const screen = await fetch(`${url}/events/u1`);
    const sinceMs = performance.now();
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(performance.now() - sinceMs).toBeLessThan(3_000);
    // Nothing holds the stream open any more, whether it was ended in order or torn.
    await screen.text().catch(() => undefined);
  });
});

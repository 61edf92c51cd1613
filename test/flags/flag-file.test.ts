import { mkdir, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { bucketOf } from '../../src/flags/bucket.js';
import { FlagFile } from '../../src/flags/flag-file.js';
import { flagFileText } from '../../src/flags/flag-file-text.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { ManualClock } from '../manual-clock.js';

let folder = '';
let path = '';
let clock = new ManualClock();
let recorder = new FakeRecorder();
let reader: FlagFile;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfade-flags-'));
  path = join(folder, 'flags.json');
  clock = new ManualClock();
  recorder = new FakeRecorder();
  reader = new FlagFile({ path, clock, recorder });
});

afterEach(async () => {
  reader.close();
  await rm(folder, { recursive: true });
});

/** One poll, awaited. */
async function poll(times = 1): Promise<void> {
  for (let n = 0; n < times; n++) {
    clock.advance(250);
    await reader.refresh();
  }
}

describe('given a sound flags file', () => {
  beforeEach(async () => {
    await writeFile(path, flagFileText({ compare: 100, serve: 25 }));
    await reader.start();
  });

  it('decides by it from the start', () => {
    expect(reader.state()).toEqual({
      ageMs: 0,
      origin: 'file',
      comparePercent: 100,
      servePercent: 25,
      confirmedAtMs: clock.nowMs(),
      problems: [],
    });
    expect(reader.cohorts('anna')).toEqual({
      compare: true,
      serve: bucketOf('anna') <= 25,
      serveIsFull: false,
    });
  });

  it('follows a change within one look, tells once, and moves only users who were not served', async () => {
    const uids = Array.from({ length: 1000 }, (_, n) => `user-${n}`);
    const before = uids.filter((uid) => reader.cohorts(uid)?.serve);
    let told = 0;
    reader.onChange(() => told++);
    await writeFile(path, flagFileText({ compare: 100, serve: 50 }));
    await poll(10);
    expect(told).toBe(1);
    expect(before.every((uid) => reader.cohorts(uid)?.serve)).toBe(true);
    expect(uids.filter((uid) => reader.cohorts(uid)?.serve).length).toBeGreaterThan(before.length);
  });

  it('confirms the state at every look that finds it unchanged', async () => {
    await poll(20);
    expect(reader.state().confirmedAtMs).toBe(clock.nowMs());
  });

  it('tells nobody when only the layout of the file changed', async () => {
    let told = 0;
    reader.onChange(() => told++);
    await writeFile(path, JSON.stringify(JSON.parse(flagFileText({ compare: 100, serve: 25 }))));
    await poll(3);
    expect(told).toBe(0);
    expect(reader.state().confirmedAtMs).toBe(clock.nowMs());
  });

  it('follows a file that is replaced by rename', async () => {
    for (const serve of [30, 31, 32]) {
      await writeFile(`${path}.new`, flagFileText({ compare: 100, serve }));
      await rename(`${path}.new`, path);
      await poll();
      expect(reader.state().servePercent).toBe(serve);
    }
  });

  it('sees a second write of the same length that follows at once', async () => {
    for (const serve of [31, 32, 33, 34, 35]) {
      await writeFile(path, flagFileText({ compare: 100, serve }));
      await poll();
      expect(reader.state().servePercent).toBe(serve);
    }
  });

  it('overlooks a write that is half-way through when the file is looked at', async () => {
    const text = flagFileText({ compare: 100, serve: 50 });
    await writeFile(path, text.slice(0, 100));
    await poll();
    await writeFile(path, text);
    await poll();
    expect(reader.state()).toMatchObject({ servePercent: 50, problems: [] });
    expect(recorder.of('failed read_flags')).toBe(0);
  });

  const faults: [string, () => Promise<void>, RegExp][] = [
    ['becomes invalid JSON', () => writeFile(path, '{"version": 2,'), /not valid JSON: mend it/],
    ['is emptied', () => truncate(path, 0), /not valid JSON/],
    ['goes away', () => rm(path), /no flags file .+create it/],
    ['would surprise', () => writeFile(path, flagFileText({ compare: 5, serve: 25 })), /raise compare to 25/],
    ['grows without measure', () => writeFile(path, ' '.repeat(9 * 1024 * 1024)), /larger than 8 MiB/],
    ['becomes a folder', () => rm(path).then(() => mkdir(path)), /no ordinary file/],
  ];
  it.each(faults)(
    'keeps what was in force when the file %s; says so, counts it once, and recovers',
    async (_what, fault, problem) => {
      let told = 0;
      reader.onChange(() => told++);
      const confirmedAtMs = reader.state().confirmedAtMs;
      await fault();
      await poll(20);
      expect(reader.state()).toMatchObject({ servePercent: 25, confirmedAtMs });
      expect(reader.state().problems.join()).toMatch(problem);
      expect(recorder.of('failed read_flags')).toBe(1);
      await rm(path, { recursive: true, force: true });
      await writeFile(path, flagFileText({ compare: 100, serve: 25 }));
      await poll(2);
      expect(reader.state()).toMatchObject({ servePercent: 25, confirmedAtMs: clock.nowMs(), problems: [] });
      expect(told).toBe(0);
    },
  );

  it('counts a second, different fault again', async () => {
    await writeFile(path, '{');
    await poll(5);
    await writeFile(path, '{{');
    await poll(5);
    expect(recorder.of('failed read_flags')).toBe(2);
  });

  it('leaves no timer when it is closed, even in the middle of a look', async () => {
    await writeFile(path, flagFileText({ compare: 100, serve: 50 }));
    clock.advance(250);
    const look = reader.refresh();
    reader.close();
    reader.close();
    await look;
    expect(clock.pending).toBe(0);
    expect(reader.state().servePercent).toBe(25);
  });
});

describe('given no file at the start', () => {
  it('knows no flags, says so, and takes the file up when it appears', async () => {
    await reader.start();
    expect(reader.cohorts('anna')).toBeUndefined();
    expect(reader.state()).toMatchObject({ origin: 'none' });
    expect(reader.state().problems.join()).toMatch(/no flags file/);
    expect(recorder.of('failed read_flags')).toBe(1);
    let told = 0;
    reader.onChange(() => told++);
    await writeFile(path, flagFileText({ compare: 5, serve: 1 }));
    await poll();
    expect(reader.state()).toMatchObject({ origin: 'file', comparePercent: 5, problems: [] });
    expect(told).toBe(1);
  });

  it('does not begin when it was closed before', async () => {
    reader.close();
    await reader.start();
    expect(clock.pending).toBe(0);
  });
});

describe('given a pipe in place of the file', () => {
  it('does not hang on it', async () => {
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    await reader.start();
    expect(reader.state().problems.join()).toMatch(/no ordinary file/);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('given a real clock', () => {
  it('puts a change in force within 1 s of the write', async () => {
    await writeFile(path, flagFileText({ compare: 100, serve: 25 }));
    const real = new FlagFile({ path, clock: new SystemClock(), recorder });
    await real.start();
    const changed = new Promise<number>((resolve) => {
      real.onChange(() => {
        resolve(performance.now());
      });
    });
    const wroteAtMs = performance.now();
    await writeFile(path, flagFileText({ compare: 100, serve: 50 }));
    const tookMs = (await Promise.race([changed, sleep(5_000, Infinity, { ref: false })])) - wroteAtMs;
    real.close();
    expect(tookMs).toBeLessThan(1_000);
  });
});

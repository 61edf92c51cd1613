import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FlagStorage } from '../../src/contracts/flag-storage.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { FlagStorageFile } from '../../src/flags/flag-storage-file.js';
import { FlagStorageKeyValue } from '../../src/flags/flag-storage-key-value.js';
import { UnleashReader, type UnleashReaderOptions } from '../../src/flags/unleash-reader.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { FakeUnleash } from '../fakes/fake-unleash.js';
import { waitFor } from '../wait-for.js';
import { compareOf, featuresOf, serveOf } from './make-flags.js';

const at = (compare: number, serve: number) =>
  featuresOf({ compare: compareOf(String(compare)), serve: serveOf(String(serve)) });

const CLOCK = new SystemClock();
let server: FakeUnleash;
let recorder: FakeRecorder;
let readers: UnleashReader[] = [];
let folder = '';

beforeEach(async () => {
  server = await new FakeUnleash(at(100, 25)).start();
  recorder = new FakeRecorder();
  folder = await mkdtemp(join(tmpdir(), 'crossfade-unleash-'));
});

afterEach(async () => {
  for (const reader of readers) reader.close();
  readers = [];
  await server.stop();
  await rm(folder, { recursive: true });
});

function readerOf(change: Partial<UnleashReaderOptions> = {}): UnleashReader {
  const reader = new UnleashReader({
    url: server.url,
    token: 'default:development.secret',
    clock: CLOCK,
    recorder,
    pollIntervalMs: 50,
    requestTimeoutMs: 1_000,
    startLimitMs: 300,
    ...change,
  });
  readers.push(reader);
  return reader;
}

const disk = (): FlagStorage => new FlagStorageFile(join(folder, 'state', 'flags.json'));

describe('given a server that answers', () => {
  it('decides by its flags from the start, and follows a change', async () => {
    const reader = readerOf();
    await reader.start();
    expect(reader.state()).toMatchObject({ origin: 'server', servePercent: 25, problems: [] });
    const seen: unknown[] = [];
    reader.onChange(() => seen.push(reader.state().servePercent));
    server.features = at(100, 50);
    await waitFor('the change', () => seen.length > 0);
    server.features = { ...at(100, 50), version: 3 };
    const asked = server.asked;
    await waitFor('more questions', () => server.asked > asked + 3);
    expect(seen).toEqual([50]);
  });

  it('confirms the state each time that nothing has changed', async () => {
    const reader = readerOf();
    await reader.start();
    const confirmedAtMs = reader.state().confirmedAtMs ?? 0;
    await waitFor('a confirmation', () => (reader.state().confirmedAtMs ?? 0) > confirmedAtMs);
  });

  it('refuses flags that would surprise, counts that once, and no longer confirms what is in force', async () => {
    const reader = readerOf();
    await reader.start();
    server.features = at(5, 25);
    await waitFor('the refusal', () => reader.state().problems.length > 0);
    const { confirmedAtMs } = reader.state();
    const asked = server.asked;
    await waitFor('more questions', () => server.asked > asked + 3);
    expect(reader.state()).toMatchObject({ servePercent: 25, comparePercent: 100, confirmedAtMs });
    expect(recorder.of('failed read_flags')).toBe(1);
  });

  it('says that both flags are missing, and knows no cohorts', async () => {
    server.features = { version: 2, features: [] };
    const reader = readerOf();
    await reader.start();
    expect(reader.state().problems.join()).toMatch(
      /crossfade-compare is missing.+crossfade-serve is missing/s,
    );
    expect(reader.cohorts('anna')).toBeUndefined();
  });

  it('is not built anew again and again by flags that unleash-client itself complains of', async () => {
    server.features = { version: 2, features: [{ name: 'crossfade-compare' }, { name: 'crossfade-serve' }] };
    const reader = readerOf();
    await reader.start();
    const asked = server.asked;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.asked - asked).toBeLessThan(12);
  });
});

describe('given a server that is ill at the start', () => {
  const illnesses: [string, () => void | Promise<void>, RegExp][] = [
    ['is down', () => server.stop(), /did not answer in time|ECONNREFUSED/],
    ['hangs', () => void (server.behaviour = 'hang'), /did not answer in time/],
    ['fails', () => void (server.behaviour = 500), /did not answer in time|500/],
    ['talks nonsense', () => void (server.behaviour = 'garbage'), /does not answer as it should/],
    ['is slow', () => void (server.delayMs = 800), /did not answer in time/],
  ];
  it.each(illnesses)(
    'starts within its limit without flags when it %s, says so, and recovers',
    async (_what, fall, problem) => {
      await fall();
      const reader = readerOf();
      const began = performance.now();
      await reader.start();
      expect(performance.now() - began).toBeLessThan(600);
      expect(reader.cohorts('anna')).toBeUndefined();
      expect(reader.state().problems.join()).toMatch(problem);
      server.behaviour = 'ok';
      server.delayMs = 0;
      await server.stop();
      await server.start();
      await waitFor('the flags', () => reader.state().origin === 'server', 15_000);
      expect(reader.state()).toMatchObject({ servePercent: 25, problems: [] });
    },
  );

  it('starts from the bootstrap where nothing was ever fetched, and from then on prefers the server', async () => {
    await server.stop();
    const reader = readerOf({ bootstrap: () => Promise.resolve(at(5, 1)), storages: [disk()] });
    await reader.start();
    expect(reader.state()).toMatchObject({ origin: 'bootstrap', servePercent: 1 });
    await server.start();
    await waitFor('the server', () => reader.state().origin === 'server', 10_000);
  });
});

describe('given a server that turns the client away', () => {
  it.each([401, 403])(
    'notices the %i, says so, keeps what is in force, and comes back when it is cured',
    async (status) => {
      const reader = readerOf();
      await reader.start();
      server.behaviour = status;
      await waitFor('the refusal', () => reader.state().problems.join().includes(String(status)));
      expect(reader.state()).toMatchObject({ origin: 'server', servePercent: 25 });
      expect(reader.state().problems.join()).not.toContain('secret');
      const asked = server.asked;
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(server.asked).toBe(asked);
      server.behaviour = 'ok';
      server.features = at(100, 50);
      await waitFor('the cure', () => reader.state().servePercent === 50, 10_000);
      expect(reader.state().problems).toEqual([]);
    },
  );
});

describe('given a server that falls ill later', () => {
  it.each(['down', 'hanging', 'failing'])(
    'keeps everybody where they are while it is %s, and is quick again afterwards',
    async (how) => {
      const reader = readerOf();
      await reader.start();
      if (how === 'down') await server.stop();
      else server.behaviour = how === 'failing' ? 503 : 'hang';
      await waitFor('the trouble to be said', () => reader.state().problems.length > 0, 15_000);
      expect(reader.state()).toMatchObject({ origin: 'server', servePercent: 25 });
      server.behaviour = 'ok';
      await server.stop();
      await server.start();
      await waitFor('the recovery', () => reader.state().problems.length === 0, 15_000);
      server.features = at(100, 50);
      await waitFor('a change', () => reader.state().servePercent === 50, 1_000);
    },
  );

  it('closes in the middle of an outage without ending the process', async () => {
    const reader = readerOf();
    await reader.start();
    server.behaviour = 'hang';
    const asked = server.asked;
    await waitFor('a question', () => server.asked > asked);
    reader.close();
    reader.close();
    await server.stop();
    // What the client still has under way fails now; an unhandled rejection would end the test.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(reader.state().servePercent).toBe(25);
  });
});

describe('given a restart during an outage', () => {
  const store = new Map<string, string>();
  const valkey = (): FlagStorage =>
    new FlagStorageKeyValue(
      {
        get: (key) => Promise.resolve(store.get(key) ?? null),
        set: (key, value) => Promise.resolve(store.set(key, value)),
      },
      'flags',
      () => CLOCK.nowMs(),
    );

  async function fetched(...storages: FlagStorage[]): Promise<number> {
    const reader = readerOf({ storages });
    await reader.start();
    await waitFor('the save', async () => {
      const loaded = await Promise.all(storages.map((storage) => storage.load()));
      return loaded.every((each) => each !== undefined);
    });
    reader.close();
    return reader.state().confirmedAtMs ?? 0;
  }

  it('leaves users where they were, from the disk, and says where from and how old', async () => {
    const confirmedAtMs = await fetched(disk());
    await server.stop();
    const reader = readerOf({ storages: [disk()], bootstrap: () => Promise.resolve(at(5, 0)) });
    await reader.start();
    expect(reader.state()).toMatchObject({ origin: 'storage', servePercent: 25, comparePercent: 100 });
    expect(reader.state().confirmedAtMs).toBeLessThanOrEqual(confirmedAtMs);
    expect(reader.state().problems).not.toEqual([]);
  });

  it('leaves users where they were without a disk, from a shared store', async () => {
    await fetched(disk(), valkey());
    await rm(join(folder, 'state'), { recursive: true });
    await server.stop();
    const reader = readerOf({ storages: [disk(), valkey()], bootstrap: () => Promise.resolve(at(5, 0)) });
    await reader.start();
    expect(reader.state()).toMatchObject({ origin: 'storage', servePercent: 25 });
  });

  it('prefers the newest of two, and does not believe a time to come', async () => {
    await server.stop();
    const stored = (confirmedAtMs: number, serve: number): FlagStorage => ({
      load: () => Promise.resolve({ confirmedAtMs, features: at(100, serve) }),
      save: () => Promise.resolve(),
    });
    const nowMs = CLOCK.nowMs();
    const reader = readerOf({ storages: [stored(nowMs - 9_000, 50), stored(nowMs - 5_000, 10)] });
    await reader.start();
    expect(reader.state().servePercent).toBe(10);
    const skewed = readerOf({ storages: [stored(nowMs + 1e9, 50)] });
    await skewed.start();
    expect(skewed.state().confirmedAtMs).toBeLessThanOrEqual(CLOCK.nowMs());
    const both = readerOf({ storages: [stored(nowMs + 1e9, 50), stored(nowMs - 5_000, 10)] });
    await both.start();
    expect(both.state().servePercent).toBe(10);
  });

  it('takes the bootstrap only where it is certain that nothing was ever stored', async () => {
    await server.stop();
    const bootstrap = () => Promise.resolve(at(100, 50));
    const empty: FlagStorage = { load: () => Promise.resolve(undefined), save: () => Promise.resolve() };
    const broken: FlagStorage = { ...empty, load: () => Promise.reject(new Error('unreachable')) };
    const first = readerOf({ storages: [empty, empty], bootstrap });
    await first.start();
    expect(first.state()).toMatchObject({ origin: 'bootstrap', servePercent: 50 });
    const unsure = readerOf({ storages: [empty, broken], bootstrap });
    await unsure.start();
    expect(unsure.cohorts('anna')).toBeUndefined();
  });

  it('does not put a bootstrap in the place of what the server says, however surprising', async () => {
    server.features = at(5, 25);
    const reader = readerOf({ bootstrap: () => Promise.resolve(at(100, 50)) });
    await reader.start();
    expect(reader.cohorts('anna')).toBeUndefined();
    expect(reader.state().problems.join()).toMatch(/raise compare/);
  });

  it('says what is wrong with a bootstrap that cannot be read, and starts without', async () => {
    await server.stop();
    const reader = readerOf({ bootstrap: () => Promise.resolve().then(() => JSON.parse('{') as unknown) });
    await reader.start();
    expect(reader.cohorts('anna')).toBeUndefined();
    expect(reader.state().problems.join()).toMatch(/bootstrap .+not valid JSON/);
  });

  it('starts without flags where the stores are damaged, hang or hold a surprise, and counts each', async () => {
    await server.stop();
    const path = join(folder, 'damaged.json');
    await writeFile(path, '{"confirmedAtMs":');
    const hanging: FlagStorage = { load: () => new Promise(() => undefined), save: () => Promise.resolve() };
    const reader = readerOf({ storages: [new FlagStorageFile(path), hanging] });
    const began = performance.now();
    await reader.start();
    expect(performance.now() - began).toBeLessThan(900);
    expect(reader.cohorts('anna')).toBeUndefined();
    expect(recorder.of('failed read_flags')).toBeGreaterThanOrEqual(2);
    await writeFile(path, JSON.stringify({ confirmedAtMs: 1, features: at(5, 50) }));
    const surprised = readerOf({ storages: [new FlagStorageFile(path)] });
    await surprised.start();
    expect(surprised.cohorts('anna')).toBeUndefined();
    expect(surprised.state().problems.join()).toMatch(/raise compare/);
  });

  it('never stores flags that were refused', async () => {
    const reader = readerOf({ storages: [disk()] });
    await reader.start();
    server.features = at(5, 25);
    await waitFor('the refusal', () => reader.state().problems.length > 0);
    const stored = await readFile(join(folder, 'state', 'flags.json'), 'utf8');
    expect(stored).toContain('"rollout":"100"');
  });

  it('prefers what it stored when the server, back again, only has a surprise', async () => {
    await fetched(disk());
    server.features = at(5, 25);
    const reader = readerOf({ storages: [disk()] });
    await reader.start();
    expect(reader.state()).toMatchObject({ origin: 'storage', servePercent: 25, comparePercent: 100 });
    expect(reader.state().problems.join()).toMatch(/raise compare/);
  });
});

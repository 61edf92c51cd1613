import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/coordination/system-clock.js';
import type { FlagStorage, StoredFlags } from '../../src/contracts/flag-storage.js';
import { bucketOf } from '../../src/flags/bucket.js';
import { checkFlags } from '../../src/flags/check-flags.js';
import { initFlags } from '../../src/flags/init-flags.js';
import { UnleashAdmin } from '../../src/flags/unleash-admin.js';
import { UnleashReader, type UnleashReaderOptions } from '../../src/flags/unleash-reader.js';
import { UnleashWriter } from '../../src/flags/unleash-writer.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { startTestUnleash, type TestUnleash } from '../servers/test-unleash.js';
import { waitFor } from '../wait-for.js';
import { REGION } from './make-flags.js';

// The tests of this file are one story on one real server, told in order.
const CLOCK = new SystemClock();
const UIDS = Array.from({ length: 10_000 }, (_, n) => `user-${n}@example.org`);
let unleash: TestUnleash;
let admin: UnleashAdmin;
let writer: UnleashWriter;
const readers: UnleashReader[] = [];

// The first run installs Unleash.
beforeAll(async () => {
  unleash = await startTestUnleash();
  admin = adminOf({});
  writer = new UnleashWriter(admin);
}, 300_000);

afterAll(async () => {
  for (const reader of readers) reader.close();
  await unleash.stop();
});

function adminOf(change: { token?: string; project?: string; environment?: string }): UnleashAdmin {
  return new UnleashAdmin({
    url: unleash.url,
    token: unleash.adminToken,
    project: 'default',
    environment: 'development',
    clock: CLOCK,
    ...change,
  });
}

async function readerOf(change: Partial<UnleashReaderOptions> = {}): Promise<UnleashReader> {
  const reader = new UnleashReader({
    url: unleash.url,
    token: unleash.backendToken,
    clock: CLOCK,
    recorder: new FakeRecorder(),
    startLimitMs: 2_000,
    pollIntervalMs: 200,
    ...change,
  });
  readers.push(reader);
  await reader.start();
  return reader;
}

const served = (reader: UnleashReader): string[] => UIDS.filter((uid) => reader.cohorts(uid)?.serve);

async function request(method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${unleash.url}/admin/projects/default/features/${path}`, {
    method,
    headers: { authorization: unleash.adminToken, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

describe('given an Unleash server without the flags', () => {
  it('says so, to the reader and to whoever checks', async () => {
    expect((await checkFlags(admin)).problems.join()).toMatch(/crossfade flags init/);
    const reader = await readerOf();
    expect(reader.cohorts('anna')).toBeUndefined();
    expect(reader.state().problems.join()).toMatch(/crossfade flags init/);
    expect(await writer.write({ flag: 'serve', from: 0, to: 1 })).toMatchObject({ outcome: 'failed' });
  });

  it('creates both at 0 %, on, and changes nothing when repeated', async () => {
    const first = await initFlags(admin);
    expect(first.done).toHaveLength(6);
    expect(first.problems).toEqual([]);
    const second = await initFlags(admin);
    expect(second).toEqual({ ...first, done: [] });
    await waitFor('the reader to follow', () => readers[0]?.state().servePercent === 0);
    expect(served(await readerOf())).toEqual([]);
  });

  it.each([
    ['an unknown token', { token: 'nobody' }, /valid admin token/],
    ['a missing environment', { environment: 'moon' }, /no environment moon/],
    ['another project', { project: 'elsewhere' }, /another project/],
  ])('says the cure for %s', async (_what, change, problem) => {
    expect((await initFlags(adminOf(change))).problems.join()).toMatch(problem);
  });
});

describe('given three readers of one server', () => {
  it('only ever adds users while it widens, within 1 % of the share, agreed by all; and gives the same back', async () => {
    const theDefault = { pollIntervalMs: 1_000 };
    const three = [await readerOf(theDefault), await readerOf(theDefault), await readerOf(theDefault)];
    expect(await writer.write({ flag: 'compare', from: 0, to: 100 })).toEqual({
      outcome: 'written',
      percent: 100,
    });
    const cohorts: string[][] = [];
    const tookMs: number[] = [];
    const steps = [1, 5, 25, 50, 100, 25, 1];
    let from = 0;
    for (const to of steps) {
      const began = performance.now();
      expect(await writer.write({ flag: 'serve', from, to })).toEqual({ outcome: 'written', percent: to });
      await waitFor(
        `${to} % everywhere`,
        () => three.every((reader) => reader.state().servePercent === to),
        3_500,
      );
      tookMs.push(performance.now() - began);
      const [first = [], ...others] = three.map(served);
      for (const other of others) expect(other).toEqual(first);
      expect(Math.abs(first.length / UIDS.length - to / 100)).toBeLessThanOrEqual(0.01);
      cohorts.push(first);
      from = to;
    }
    for (const [step, cohort] of cohorts.slice(0, 4).entries()) {
      const next = new Set(cohorts[step + 1]);
      expect(cohort.every((uid) => next.has(uid))).toBe(true);
    }
    expect([cohorts[6], cohorts[5]]).toEqual([cohorts[0], cohorts[2]]);
    const median = tookMs.toSorted((a, b) => a - b)[3] ?? Infinity;
    process.stdout.write(`write to the last of three: median ${Math.round(median)} ms of ${tookMs.length}\n`);
    expect(median).toBeLessThan(2_000);
  }, 40_000);
});

describe('given a writer', () => {
  it('changes nothing when the flag stands elsewhere than believed', async () => {
    expect(await writer.write({ flag: 'serve', from: 7, to: 9 })).toMatchObject({
      outcome: 'conflict',
      percent: 1,
    });
    expect(await writer.standing()).toEqual({
      known: true,
      percents: { compare: 100, serve: 1 },
      canaries: { compare: [], serve: [] },
    });
  });

  it('sees at the server itself that somebody else was quicker', async () => {
    const home = await admin.flags();
    const [id = ''] = 'problem' in home ? [] : home.strategyIds.serve;
    expect((await admin.replaceRollout('serve', id, '7', 9)).status).toBe(500);
    expect(await writer.standing()).toMatchObject({ percents: { serve: 1 } });
  });

  it('repeats a change that was made without harm', async () => {
    expect(await writer.write({ flag: 'serve', from: 0, to: 1 })).toEqual({ outcome: 'written', percent: 1 });
  });

  it('does not write what the readers would refuse', async () => {
    expect(await writer.write({ flag: 'compare', from: 100, to: 0 })).toMatchObject({ outcome: 'failed' });
    expect(await writer.write({ flag: 'serve', from: 1, to: 2.5 })).toMatchObject({ outcome: 'failed' });
  });

  it('switches a flag off, which moves everybody, and leaves it off for init and for writing', async () => {
    const reader = await readerOf();
    expect(await writer.switchOff('serve')).toEqual({ outcome: 'written', percent: 0 });
    await waitFor('nobody served', () => served(reader).length === 0);
    expect((await initFlags(admin)).done).toEqual([]);
    expect(await writer.write({ flag: 'serve', from: 0, to: 5 })).toMatchObject({ outcome: 'failed' });
    await admin.switchTo('serve', 'on');
    await waitFor('the served again', () => served(reader).length > 0);
  });

  it('leaves the served where they are when compare is switched off', async () => {
    const reader = await readerOf();
    expect(await writer.switchOff('compare')).toEqual({ outcome: 'written', percent: 0 });
    await waitFor('no comparing', () => reader.cohorts('anna')?.compare === false);
    const uid = UIDS.find((each) => bucketOf(each) === 1) ?? '';
    expect(reader.cohorts(uid)).toEqual({ compare: false, serve: true, serveIsFull: false });
    await admin.switchTo('compare', 'on');
  });
});

describe('given a writer that leaves a mark', () => {
  const marked = (token: number, decisionId: string) => ({ marker: { token, decisionId } });

  it('keeps the mark beside the percentage, in one write, and refuses an older token', async () => {
    expect(await writer.write({ flag: 'serve', from: 1, to: 2, ...marked(5, 'd10') })).toMatchObject({
      outcome: 'written',
    });
    expect(await writer.standing()).toMatchObject({
      percents: { serve: 2 },
      markers: { serve: { token: 5, decisionId: 'd10' } },
    });
    expect(await writer.write({ flag: 'serve', from: 2, to: 3, ...marked(4, 'd8') })).toMatchObject({
      outcome: 'conflict',
    });
    expect(await writer.write({ flag: 'serve', from: 2, to: 1, ...marked(6, 'd11') })).toMatchObject({
      outcome: 'written',
    });
  });

  it('is refused by the server itself where another has marked since it read', async () => {
    const home = await admin.flags();
    if ('problem' in home) throw new Error(home.problem);
    const [id = ''] = home.strategyIds.serve;
    const stale = { from: 'crossfade, token 5, decision d10', to: 'crossfade, token 5, decision d12' };
    expect((await admin.replaceRollout('serve', id, '1', 9, stale)).status).toBe(500);
    expect(await writer.standing()).toMatchObject({
      percents: { serve: 1 },
      markers: { serve: { token: 6, decisionId: 'd11' } },
    });
  });

  it('names users, and takes them away again', async () => {
    const reader = await readerOf();
    for (const [uids, token] of [
      [['ann'], 7],
      [['ann', 'bob'], 8],
      [[], 9],
    ] as const) {
      expect(await writer.nameCanaries({ flag: 'serve', uids, ...marked(token, 'd20') })).toEqual({
        outcome: 'written',
        percent: 1,
      });
      await waitFor('the names', () => reader.cohorts('bob')?.serve === uids.includes('bob' as never));
      expect(await writer.standing()).toMatchObject({
        canaries: { serve: uids },
        markers: { serve: { token } },
      });
    }
    expect(await writer.nameCanaries({ flag: 'serve', uids: ['eve'], ...marked(8, 'd19') })).toMatchObject({
      outcome: 'conflict',
    });
  });
});

describe('given a flag that a person changed so that it would surprise', () => {
  it('keeps everybody where they were, says the cure, and recovers', async () => {
    const reader = await readerOf();
    await waitFor('compare on', () => reader.state().comparePercent === 100);
    const before = served(reader);
    const path = 'crossfade-serve/environments/development/strategies';
    const added = await request('POST', path, {
      name: 'flexibleRollout',
      parameters: { rollout: '50', stickiness: 'default', groupId: 'crossfade-serve' },
      constraints: [REGION],
    });
    const { id } = (await added.json()) as { id: string };
    await waitFor('the refusal', () => reader.state().problems.length > 0);
    expect(reader.state().problems.join()).toMatch(/2 strategies/);
    expect((await checkFlags(admin)).problems).toEqual(reader.state().problems);
    expect(served(reader)).toEqual(before);
    await request('DELETE', `${path}/${id}`);
    await waitFor('the cure', () => reader.state().problems.length === 0);
    expect((await checkFlags(admin)).notes).toEqual([
      'crossfade-compare stands at 100 %.',
      'crossfade-serve stands at 1 %.',
    ]);
  });
});

describe('given a server without a stream of changes', () => {
  it('polls although the stream was asked for', async () => {
    const reader = await readerOf({ streaming: true });
    await waitFor('the flags', () => reader.state().origin === 'server');
    expect(reader.state().servePercent).toBe(1);
  });
});

describe('given a server that is killed and comes back', () => {
  it('moves nobody, also after a restart of the backend, and follows again', async () => {
    let stored: StoredFlags | undefined;
    const storage: FlagStorage = {
      load: () => Promise.resolve(stored),
      save: (state) => Promise.resolve(void (stored = state)),
    };
    const reader = await readerOf({ storages: [storage] });
    const before = served(reader);
    expect(before.length).toBeGreaterThan(0);
    await unleash.server.kill();
    const restarted = await readerOf({ storages: [storage] });
    expect(restarted.state().origin).toBe('storage');
    expect(served(restarted)).toEqual(before);
    expect(served(reader)).toEqual(before);
    expect(await writer.write({ flag: 'serve', from: 1, to: 5 })).toMatchObject({ outcome: 'failed' });
    await unleash.server.restart();
    await waitFor('the server again', () => restarted.state().origin === 'server', 20_000);
    expect(served(restarted)).toEqual(before);
  }, 60_000);
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventProvider, InProcessSource, type CrossfadeOptions } from '../../src/index.js';
import { BackendModule } from '../../src/service/backend/backend.module.js';
import { createBackend, type Backend } from '../../src/service/backend/create-backend.js';
import { record, type RecordRequest } from '../../src/service/recording/record.js';
import { compareTrace, flagFileText } from '../../src/tools.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

const VIEWER = 'viewer-token-of-a-test';
const OPERATOR = 'operator-token-of-a-test';
const NEVER = new AbortController().signal;

let redis: TestRedis;
let folder: string;
let backend: Backend | undefined;
let legacySource: InProcessSource;
let url: string;

beforeAll(async () => {
  redis = await startTestRedis();
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
});
afterAll(async () => {
  await redis.stop();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  await backend?.stop();
  backend = undefined;
});

/** A backend on which both users are compared, once both of their channels are open. */
async function startBackend(more: Partial<CrossfadeOptions> = {}): Promise<void> {
  const flagsFile = join(folder, 'flags.json');
  await writeFile(flagsFile, flagFileText({ compare: 100, serve: 0 }));
  legacySource = new InProcessSource();
  const options: CrossfadeOptions = {
    mode: 'local',
    legacySource,
    redis: { host: '127.0.0.1', port: redis.server.port },
    flags: { file: flagsFile },
    ...more,
  };
  backend = await createBackend(BackendModule.with(options, { viewer: [VIEWER], operator: [OPERATOR] }));
  url = await backend.listen({ host: '127.0.0.1', port: 0 });
  const events = backend.app.get(EventProvider);
  for (const uid of ['u1', 'u2']) events.stream(uid).subscribe();
  if (options.mode === 'legacy') return;
  const subscribed = async (): Promise<boolean> =>
    ((await redis.client.pubsub('CHANNELS', 'user:*')) as string[]).length === 2;
  await waitFor('both channels', subscribed, 10_000);
}

const payload = { notifications: [{ doc_id: 'd1', file_name: 'secret.pdf', amount: 1250 }] };

async function sayOf(uid: string): Promise<void> {
  legacySource.push(uid, ['notifications', payload]);
  await redis.client.publish(`user:${uid}`, JSON.stringify({ type: 'notif.sync', uid, payload }));
}

const asking = (more: Partial<RecordRequest> = {}): RecordRequest => ({
  ...{ url, token: OPERATOR, seconds: 60, uids: [], values: false },
  ...more,
});

/** Records until the text has so many lines that hold a part. */
async function recorded(request: RecordRequest, part: string, count: number): Promise<string> {
  const stop = new AbortController();
  const file = join(folder, `${Math.random()}.jsonl`);
  const done = record(request, file, stop.signal);
  let text = '';
  await waitFor(
    `${count} lines`,
    async () => {
      // Again and again: what was said before the tap was open is not recorded.
      await sayOf('u1');
      await sayOf('u2');
      text = await readFile(file, 'utf8').catch(() => '');
      return text.split(part).length > count;
    },
    10_000,
  );
  stop.abort();
  const { lines } = await done;
  text = await readFile(file, 'utf8');
  expect(lines).toBe(text.split('\n').length - 1);
  return text;
}

describe('given a running backend on a real Redis', () => {
  it('gives an operator a recording of both sources that compares without values', async () => {
    await startBackend();
    const text = await recorded(asking(), 'notif', 8);
    for (const part of ['"source":"legacy","uid":"u1"', '"source":"redis","uid":"u2","channel":"user:u2"'])
      expect(text).toContain(part);
    expect(text).toContain('d1');
    expect(text).not.toMatch(/secret|1250/);
    const { report, broken } = compareTrace(text.split('\n'));
    expect({ broken, mismatches: report.mismatches }).toEqual({ broken: [], mismatches: [] });
  });

  it('records one user with values where both are asked for and switched on', async () => {
    await startBackend({ recordValues: true });
    const text = await recorded(asking({ uids: ['u2'], values: true }), '1250', 2);
    // A name that the comparison redacts is redacted here too.
    expect(text).not.toMatch(/secret|"u1"/);
  });

  it('ends by itself when the time is over', async () => {
    await startBackend();
    const file = join(folder, 'short.jsonl');
    const { lines, dropped } = await record(asking({ seconds: 1 }), file, NEVER);
    expect({ lines, dropped }).toEqual({ lines: 6, dropped: 0 });
    expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(6);
  });

  it('ends with its reader, and with the process', async () => {
    await startBackend();
    for (let n = 0; n < 6; n++) {
      const stop = new AbortController();
      const done = record(asking(), join(folder, `left${n}.jsonl`), stop.signal);
      // The fifth and sixth would be refused if those that have left were still there.
      await waitFor('its beginning', async () => (await sizeOf(`left${n}.jsonl`)) > 0, 10_000);
      stop.abort();
      await done;
    }
    const done = record(asking(), join(folder, 'closing.jsonl'), NEVER);
    await waitFor('its beginning', async () => (await sizeOf('closing.jsonl')) > 0, 10_000);
    await backend?.stop();
    backend = undefined;
    await expect(done).resolves.toMatchObject({ dropped: 0 });
  });

  it.each([
    [{ token: VIEWER }, /403.*operator/],
    [{ token: 'wrong-token-of-a-test' }, /401.*Bearer/],
    [{ values: true }, /403.*CROSSFADE_RECORD_VALUES/],
    [{ seconds: 0 }, /400.*1 to 3600/],
    [{ uids: ['no uid'] }, /400.*no uid/],
    [{ url: 'nowhere' }, /no base URL/],
    [{ url: 'http://127.0.0.1:1' }, /cannot be reached/],
  ] as [Partial<RecordRequest>, RegExp][])('refuses %j, with the cure', async (more, message) => {
    await startBackend();
    await expect(record(asking(more), join(folder, 'refused.jsonl'), NEVER)).rejects.toThrow(message);
  });

  it('says that nothing is compared in legacy mode', async () => {
    await startBackend({ mode: 'legacy' });
    await expect(record(asking(), join(folder, 'refused.jsonl'), NEVER)).rejects.toThrow(
      /409.*Nothing is compared/,
    );
  });
});

describe('given a person who asks what differs', () => {
  it('gives paths and digests to a viewer, and values, where they are kept, to an operator', async () => {
    const rules = [{ type: 'task.*', compare: 'event' as const, identity: 'payload.id', windowMs: 100 }];
    await startBackend({ comparing: { rules, sampleValues: true, confirmMs: 0 } });
    const ask = async (token: string): Promise<string> =>
      (
        await fetch(`${url}/crossfade/api/comparison`, { headers: { authorization: `Bearer ${token}` } })
      ).text();
    await waitFor(
      'a mismatch',
      async () => {
        const said = { type: 'task.a', uid: 'u1', payload: { id: `${Math.random()}`, state: 'one' } };
        legacySource.push('u1', said);
        const other = { ...said, payload: { ...said.payload, state: 'another' } };
        await redis.client.publish('user:u1', JSON.stringify(other));
        return (await ask(VIEWER)).includes('payload.state');
      },
      10_000,
    );
    expect(await ask(OPERATOR)).toContain('another');
    expect(await ask(VIEWER)).not.toMatch(/another|"u1"/);
    expect(JSON.parse(await ask(VIEWER))).toMatchObject({
      samples: expect.arrayContaining([expect.objectContaining({ outcome: 'different' })]),
      sums: { firstMismatches: 1 },
      sampling: {},
      worstUsers: [{ user: expect.any(String) }],
      selfTest: [],
    });
  });
});

describe('given a backend that breaks off', () => {
  it('keeps the whole lines, and says so', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200);
      response.write('{"t":0,"source":"redis","gap":"end","dropped":3}\n\n{"t":1,"sour', () => {
        response.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(folder, 'broken.jsonl');
    await expect(record(asking(), file, NEVER)).rejects.toThrow(/broke off after 1 lines/);
    expect(await readFile(file, 'utf8')).toBe('{"t":0,"source":"redis","gap":"end","dropped":3}\n');
    server.close();
  });
});

async function sizeOf(name: string): Promise<number> {
  return (await readFile(join(folder, name), 'utf8').catch(() => '')).length;
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { EventProvider, type Source } from '../../../src/index.js';
import { flagFileText } from '../../../src/tools.js';
import { pythonWithWebSockets } from '../../servers/python-websockets.js';
import { startTestRedis, type TestRedis } from '../../servers/test-redis.js';
import { waitFor } from '../../wait-for.js';
import { startGateway, type RunningGateway } from './running-gateway.js';

const UIDS = Array.from({ length: 20 }, (_, index) => `user${index}`);
const CHAT = { spaceCode: 's', threadKey: 't' };
const TICK_MS = 40;
/** either source may be this much behind what happens, ticks */
const MOST_BEHIND = 5;

let redis: TestRedis;
let folder: string;
let gateway: RunningGateway;
let client: ChildProcessByStdio<Writable, Readable, null>;
const got = new Map<string, string[]>();
let open = 0;

beforeAll(async () => {
  const python = await pythonWithWebSockets();
  redis = await startTestRedis();
  folder = await mkdtemp(join(tmpdir(), 'crossfade-python-'));
  await setFlags(0);
  gateway = await startGateway({
    mode: 'local',
    redis: { host: '127.0.0.1', port: redis.server.port },
    flags: { file: join(folder, 'flags.json') },
    handover: { handoverWindowMs: 1_000, firstListTimeoutMs: 1_000, returnAfterMs: 0 },
  });
  const script = new URL('contract_client.py', import.meta.url).pathname;
  client = spawn(python, [script, gateway.url.replace('http', 'ws'), UIDS.join(',')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  createInterface({ input: client.stdout }).on('line', (line) => {
    const [type = '', uid = '', what = ''] = line.split(' ');
    if (type === 'open') open++;
    else got.set(`${type} ${uid}`, [...(got.get(`${type} ${uid}`) ?? []), what]);
  });
  await waitFor('every socket is open', () => open === 2 * UIDS.length, 20_000);
}, 180_000);
afterAll(async () => {
  client.kill('SIGKILL');
  await gateway.backend.stop();
  await redis.stop();
  await rm(folder, { recursive: true });
});

function setFlags(percent: number): Promise<void> {
  return writeFile(join(folder, 'flags.json'), flagFileText({ compare: percent, serve: percent }));
}

async function allServedBy(source: Source): Promise<void> {
  const events = gateway.backend.app.get(EventProvider);
  await waitFor(
    `all are served by ${source}`,
    () =>
      UIDS.every((uid) => events.servedBy(uid) === source && events.servedBy(uid, { chat: CHAT }) === source),
    30_000,
  );
}

const chatPayload = (n: number): unknown => ({
  space_code: 's',
  thread_key: 't',
  raw_messages: [{ id: `m${n}` }],
});
const listPayload = (n: number): unknown => ({
  notifications: [{ doc_id: `d${n}` }],
  count: n,
  timestamp: new Date(Date.UTC(2025, 8, 20) + n * 1_000).toISOString().replace('Z', '+00:00'),
});

/** What happens, said by both sources of every user, each as far behind as chance has it. */
class Load {
  private happened = 0;
  private readonly said: Record<Source, number> = { legacy: 0, redis: 0 };
  private seed = 20_250_920;
  private running = true;
  private readonly ended: Promise<void>;

  constructor() {
    this.ended = this.run();
  }

  async end(): Promise<number> {
    this.running = false;
    await this.ended;
    return this.happened;
  }

  private async run(): Promise<void> {
    while (this.running) {
      this.happened++;
      await Promise.all([this.say('legacy', this.chance()), this.say('redis', this.chance())]);
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    await Promise.all([this.say('legacy', 0), this.say('redis', 0)]);
  }

  private async say(source: Source, behind: number): Promise<void> {
    const first = this.said[source];
    const last = Math.max(first, this.happened - behind);
    this.said[source] = last;
    for (let n = first; n < last; n++) await (source === 'legacy' ? this.feed(n) : this.publish(n));
  }

  private async feed(n: number): Promise<void> {
    const entries = UIDS.flatMap((uid) => [
      { uid, item: ['chat_s_t', chatPayload(n)], key: `${uid} chat ${n}` },
      { uid, item: ['notifications', listPayload(n)], key: `${uid} list ${n}` },
    ]);
    expect((await gateway.feed(entries)).status).toBe(202);
    // As a bridge does whose answer was lost: it must change nothing.
    if (n % 10 === 0) await gateway.feed(entries);
  }

  private async publish(n: number): Promise<void> {
    const pipeline = redis.client.pipeline();
    const timestamp = '2025-09-20T11:44:00+00:00';
    for (const uid of UIDS) {
      const chat = { type: 'chat.message', uid, timestamp, payload: chatPayload(n) };
      const list = { type: 'notif.sync', uid, timestamp, payload: listPayload(n) };
      pipeline.publish(`chat:${uid}:s:t`, JSON.stringify(chat));
      pipeline.publish(`user:${uid}`, JSON.stringify(list));
    }
    await pipeline.exec();
  }

  private chance(): number {
    this.seed = (this.seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((this.seed / 2 ** 31) * (MOST_BEHIND + 1));
  }
}

const deliveredBy = async (source: Source): Promise<number> => {
  const text = await (await fetch(`${gateway.url}/crossfade/metrics`)).text();
  const line = new RegExp(
    `crossfade_events_delivered_total\\{source="${source}",type="chat.message"\\} (\\d+)`,
  );
  return Number(line.exec(text)?.[1]);
};

describe('given a client in Python, written to the contract', () => {
  it('gets every event once and in order while its users are moved legacy, live, legacy under load', async () => {
    const load = new Load();
    await waitFor('legacy is heard', () => (got.get('chat.message user0') ?? []).length > 20, 20_000);
    await setFlags(100);
    await allServedBy('redis');
    const before = (got.get('chat.message user0') ?? []).length;
    await waitFor('Redis is heard', () => (got.get('chat.message user0') ?? []).length > before + 30, 20_000);
    await setFlags(0);
    await allServedBy('legacy');
    const after = (got.get('chat.message user0') ?? []).length;
    await waitFor(
      'legacy is heard again',
      () => (got.get('chat.message user0') ?? []).length > after + 20,
      20_000,
    );
    const happened = await load.end();
    const all = Array.from({ length: happened }, (_, n) => `m${n}`);
    await waitFor('the last has come', () =>
      UIDS.every(
        (uid) =>
          got.get(`chat.message ${uid}`)?.at(-1) === all.at(-1) &&
          Number(got.get(`notif.sync ${uid}`)?.at(-1)) === happened - 1,
      ),
    );
    for (const uid of UIDS) {
      expect([uid, got.get(`chat.message ${uid}`)]).toEqual([uid, all]);
      // Of lists a state may be skipped, and none may come after a newer one; the last is the truth.
      const lists = (got.get(`notif.sync ${uid}`) ?? []).map(Number);
      expect([uid, lists]).toEqual([uid, [...lists].sort((a, b) => a - b)]);
      expect([uid, lists.at(-1)]).toEqual([uid, happened - 1]);
    }
    const [legacy, live] = [await deliveredBy('legacy'), await deliveredBy('redis')];
    expect(Math.min(legacy, live)).toBeGreaterThan(30 * UIDS.length);
    console.log(
      `${happened} events for each of ${UIDS.length} users; ${legacy} from legacy, ${live} from Redis.`,
    );
    client.stdin.end();
    expect(await once(client, 'exit')).toEqual([0, null]);
  }, 120_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { freePort } from '../../../src/service/servers/free-port.js';
import { waitFor } from '../../wait-for.js';
import { startGateway, type RunningGateway, type SocketClient } from './running-gateway.js';

interface Outcome {
  readonly consumer: number[];
  readonly flushed: boolean;
  readonly stats: Readonly<
    Record<'sent' | 'dropped' | 'refused' | 'unwritable' | 'retries' | 'waiting', number>
  >;
}
type Outcomes = Readonly<
  Record<
    'both_puts' | 'asyncio_puts' | 'many_threads' | 'strange_items' | 'two_users' | 'dropped_is_told',
    Outcome
  >
> & {
  readonly both_puts: { readonly full: boolean };
  readonly strange_items: { readonly size: number };
  readonly nobody_there: { readonly consumer: number; readonly slowest: number } & Pick<
    Outcome,
    'flushed' | 'stats'
  >;
  readonly simple_queue: string;
};

const UIDS = ['sync', 'async', 'threads', 'strange', 'first', 'second'] as const;
let gateway: RunningGateway;
let clients: Record<(typeof UIDS)[number], SocketClient>;
let outcome: Outcomes;

function python(script: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('python3', [script, ...args], { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${error.message}\n${stderr}`));
    });
  });
}

beforeAll(async () => {
  gateway = await startGateway({ mode: 'legacy' });
  const all = UIDS.map((uid) => [uid, gateway.connect(`uid=${uid}`)] as const);
  clients = Object.fromEntries(all) as typeof clients;
  await Promise.all(all.map(([, { opened }]) => opened));
  const script = new URL('legacy_bridge_check.py', import.meta.url).pathname;
  outcome = JSON.parse(await python(script, gateway.url, `http://127.0.0.1:${await freePort()}`)) as Outcomes;
}, 90_000);
afterAll(() => gateway.backend.stop());

const counts = (uid: (typeof UIDS)[number]): unknown[] =>
  clients[uid].got.map(({ payload }) => (payload as { count: unknown }).count);

describe('given tee() around a queue of a Python backend', () => {
  it('leaves its reader everything, and copies each item once and in order, for put and put_nowait', async () => {
    const { both_puts: sync, asyncio_puts: asynchronous } = outcome;
    expect(sync).toMatchObject({
      consumer: [0, 1, 2],
      full: true,
      flushed: true,
      stats: { sent: 3, dropped: 0 },
    });
    expect(asynchronous).toMatchObject({ consumer: [0, 1, 2, 3, 4], flushed: true });
    await waitFor('the copies', () => clients.sync.got.length >= 3 && clients.async.got.length >= 5);
    expect(counts('sync').slice(0, 3)).toEqual([0, 1, 2]);
    expect(counts('async')).toEqual([0, 1, 2, 3, 4]);
  });

  it('copies in the very order of the queue, however many threads put', async () => {
    const { consumer, stats } = outcome.many_threads;
    expect(stats).toMatchObject({ sent: 4_000, dropped: 0, refused: 0, waiting: 0 });
    await waitFor('all copies', () => clients.threads.got.length === 4_000);
    expect(counts('threads')).toEqual(consumer);
  });

  it('copies an item as it was when it was put, and raises nothing where JSON cannot say it', () => {
    const { size, stats } = outcome.strange_items;
    expect([size, stats.sent, stats.unwritable]).toEqual([4, 3, 1]);
    expect(clients.strange.got.map(({ payload }) => payload)).toEqual([
      { count: 0, amount: null, when: '(1+2j)' },
      { count: 2, text: 'é€' },
      { count: 3 },
    ]);
  });

  it('gives the copies to the user whom the queue belongs to now', () => {
    expect([counts('first'), counts('second')]).toEqual([[0], [1]]);
  });

  it('neither waits nor raises while the gateway is away, and counts what it dropped', () => {
    const { consumer, slowest, flushed, stats } = outcome.nobody_there;
    expect([consumer, flushed]).toEqual([1_000, false]);
    expect(slowest).toBeLessThan(1);
    // What one batch took with it is not dropped, it is tried again.
    expect(stats.dropped).toBeGreaterThanOrEqual(700);
    expect(stats.dropped + stats.waiting).toBe(1_000);
  });

  it('tells the gateway what it dropped, so that it counts as a gap of legacy', async () => {
    expect(outcome.dropped_is_told).toMatchObject({ flushed: true, stats: { dropped: 4, sent: 2 } });
    const text = await (await fetch(`${gateway.url}/crossfade/metrics`)).text();
    expect(text).toContain('crossfade_gateway_legacy_lost_total 4');
    expect(counts('sync').slice(3)).toEqual([104, 105]);
  });

  it('says which queues it can listen at', () => {
    expect(outcome.simple_queue).toMatch(/Use queue.Queue or asyncio.Queue/);
  });
});

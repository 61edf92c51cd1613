import { Redis } from 'ioredis';
import type { Source } from '../../src/domain/source.js';
import type { Consumer } from '../../src/routing/consumer.js';
import type { RedisLink } from '../../src/sources/redis-link.js';
import { FixedFlags } from './fixed-flags.js';
import { uidOf } from './messages.js';
import { oneRouter } from './one-router.js';
import { serve } from './serve.js';
import type { Cost } from './subscriber.js';

const BATCH = 1_000;
const NOBODY: Consumer = { kind: 'bytes', next: () => undefined };

let flags: FixedFlags;
let made: ReturnType<typeof oneRouter>;
let raw: Redis;
let users = 0;
let gapsEnded = 0;
let stopped = false;
let stop: () => void = () => undefined;

const killSwitch = {
  state: () =>
    ({ stopped }) as ReturnType<NonNullable<Parameters<typeof oneRouter>[1]['killSwitch']>['state']>,
  onChange: (listener: () => void) => {
    stop = listener;
    return () => undefined;
  },
};

interface Wish {
  readonly port: number;
  readonly users: number;
}

/** All users on legacy; a handover takes no longer than Redis needs. */
function open(wish: Wish): void {
  users = wish.users;
  flags = new FixedFlags(() => 'legacy');
  const handover = { handoverWindowMs: 0, firstListTimeoutMs: 0, returnAfterMs: 0 };
  made = oneRouter(wish.port, { flags, killSwitch, handover }, () => gapsEnded++);
  for (let user = 0; user < users; user++) made.router.read({ uid: uidOf(user) }, NOBODY);
  raw = new Redis({ host: '127.0.0.1', port: wish.port, autoResubscribe: false });
}

/** Until so many of the first users are served by a source, looking every millisecond from where it has come. */
async function served(count: number, by: Source): Promise<void> {
  let next = 0;
  for (;;) {
    while (next < count && made.router.servedBy({ uid: uidOf(next) }) === by) next++;
    if (next === count) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function timed(work: () => Promise<void>): Promise<Cost> {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(startCpu);
  return { wallMs: performance.now() - startMs, cpuMs: (user + system) / 1_000 };
}

/**
 * The longest turn of the event loop, milliseconds. Of each turn the lesser of its time and its CPU time, for neither
 * is less than what the loop was held by: time counts this machine's other work, CPU time the collector's other threads.
 */
async function watched(work: () => Promise<void>): Promise<{ heldMs: number }> {
  let heldMs = 0;
  let lastMs = performance.now();
  let last = process.cpuUsage();
  let isWatching = true;
  const look = (): void => {
    const { user, system } = process.cpuUsage(last);
    const nowMs = performance.now();
    heldMs = Math.max(heldMs, Math.min(nowMs - lastMs, (user + system) / 1_000));
    last = process.cpuUsage();
    lastMs = nowMs;
    if (isWatching) setImmediate(look);
  };
  look();
  await work();
  isWatching = false;
  return { heldMs };
}

async function move(count: number): Promise<void> {
  flags.change((uid) => (Number(uid.slice(4)) < count ? 'live' : 'legacy'));
  await served(count, 'redis');
}

async function moveBack(): Promise<void> {
  flags.change(() => 'legacy');
  await served(users, 'legacy');
}

async function subscribeRaw(count: number): Promise<void> {
  for (let user = 0; user < count; user += BATCH) await raw.subscribe(...rawChannels(user));
}

function rawChannels(from: number): string[] {
  return Array.from({ length: BATCH }, (_, n) => `raw:${uidOf(from + n)}`);
}

/** From the moment at which the new connection is ready. */
async function reconnectRaw(): Promise<Cost> {
  const ready = new Promise((resolve) => raw.once('ready', resolve));
  raw.stream.destroy();
  await ready;
  return timed(() => subscribeRaw(users));
}

async function reconnect(): Promise<Cost> {
  const { link } = made.redis as unknown as { link: RedisLink };
  const ready = new Promise((resolve) => link.redis.once('ready', resolve));
  gapsEnded = 0;
  link.breakOff('link', 'benchmark');
  await ready;
  return timed(async () => {
    while (gapsEnded < users) await new Promise((resolve) => setTimeout(resolve, 1));
  });
}

async function kill(): Promise<Cost> {
  stopped = true;
  return timed(async () => {
    stop();
    await served(users, 'legacy');
  });
}

async function lift(): Promise<void> {
  stopped = false;
  stop();
  await served(users, 'redis');
}

serve({
  open,
  move: ({ count }: { count: number }) => timed(() => move(count)),
  moveWatched: ({ count }: { count: number }) => watched(() => move(count)),
  moveBack,
  subscribeRaw: ({ count }: { count: number }) => timed(() => subscribeRaw(count)),
  unsubscribeRaw: async () => {
    await raw.unsubscribe();
  },
  reconnect,
  reconnectRaw,
  kill,
  lift,
});

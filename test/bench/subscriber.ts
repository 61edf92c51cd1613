import { Redis } from 'ioredis';
import type { CrossfadeOptions } from '../../src/nest/crossfade-options.js';
import { startRuntime, type CrossfadeRuntime } from '../../src/nest/crossfade-runtime.js';
import { InProcessSource } from '../../src/sources/in-process-source.js';
import type { Envelope } from '../../src/domain/user-event.js';
import { FixedFlags } from './fixed-flags.js';
import { channelOf, CHAT, messageOf, uidOf, type MessageKind } from './messages.js';
import { serve } from './serve.js';

/** Who reads, and how. */
export type Variant =
  'raw bytes' | 'raw parsed' | 'complete callback' | 'complete observable' | 'complete parsed' | 'shadow';

export interface Opening {
  readonly port: number;
  readonly variant: Variant;
  readonly kind: MessageKind;
  readonly prefix: string;
  readonly users: number;
}

/** What one round took. */
export interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

interface Expectation {
  readonly messages: number;
  /** for the shadow stage: legacy says the same, numbered from here */
  readonly from: number;
}

const RAW_BATCH = 1_000;
const PUSHED_AT_ONCE = 100;
/** far from what the comparison would drop */
const MOST_QUEUED = 2_000;
const LOOK_MS = 5;
const LONGEST_MS = 60_000;

let opening: Opening;
let runtime: CrossfadeRuntime | undefined;
const legacy = new InProcessSource();
let left = 0;
let bytesSeen = 0;
let finished: () => void = () => undefined;
let due: Envelope[] = [];
let startCpu = process.cpuUsage();
let endedCpu: NodeJS.CpuUsage | undefined;
let betweenMs = 0;
let startMs = 0;
let ended: Promise<void> = Promise.resolve();

function seen(bytes: number): void {
  bytesSeen += bytes;
  if (--left === 0) finished();
}

async function openRaw({ port, variant, kind, prefix, users }: Opening): Promise<void> {
  const redis = new Redis({ host: '127.0.0.1', port, autoResubscribe: false });
  if (variant === 'raw bytes')
    redis.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
      seen(message.length);
    });
  else
    redis.on('message', (_channel: string, text: string) => {
      const { uid } = JSON.parse(text) as Envelope;
      seen(uid.length);
    });
  for (let user = 0; user < users; user += RAW_BATCH) {
    const length = Math.min(RAW_BATCH, users - user);
    await redis.subscribe(...Array.from({ length }, (_, n) => channelOf(kind, prefix, user + n)));
  }
}

async function openCrossfade({ port, variant, kind, prefix, users }: Opening): Promise<void> {
  const stage = variant === 'shadow' ? 'shadow' : 'complete';
  const options: CrossfadeOptions = {
    mode: 'local',
    legacySource: legacy,
    redis: { host: '127.0.0.1', port },
    prefixes: { user: prefix, chat: prefix },
    flags: { reader: new FixedFlags(() => stage) },
    compareChats: true,
    comparing: { rules: [{ type: 'task.progress_update', compare: 'event' }] },
  };
  runtime = await startRuntime(options);
  const { events } = runtime;
  const topic = kind === 'chat' ? { chat: CHAT } : {};
  for (let user = 0; user < users; user++) {
    const uid = uidOf(user);
    if (variant === 'complete callback')
      events.listenBytes(
        uid,
        (bytes) => {
          seen(bytes.length);
        },
        topic,
      );
    else if (variant === 'complete observable')
      events.streamBytes(uid, topic).subscribe((bytes) => {
        seen(bytes.length);
      });
    else
      events.listen(
        uid,
        (event) => {
          seen(event.uid.length);
        },
        topic,
      );
  }
}

async function begin({ messages, from }: Expectation): Promise<void> {
  const { kind, users, variant } = opening;
  between();
  endedCpu = undefined;
  due = [];
  if (variant === 'shadow')
    for (let n = 0; n < messages; n++)
      due.push(JSON.parse(messageOf(kind, n % users, from + Math.floor(n / users))) as Envelope);
  globalThis.gc?.();
  const before = await matched();
  left = messages;
  ended = new Promise((resolve) => (finished = resolve));
  startCpu = process.cpuUsage();
  startMs = performance.now();
  if (variant === 'shadow') ended = Promise.all([ended, pushLegacy(), allMatched(before + messages)]).then();
}

/** Legacy says its part while Redis brings its own, a few at a time, as a queue is read. */
async function pushLegacy(): Promise<void> {
  const items = due;
  due = [];
  for (let n = 0; n < items.length; n += PUSHED_AT_ONCE) {
    for (const item of items.slice(n, n + PUSHED_AT_ONCE)) legacy.push(item.uid, item);
    await new Promise((resolve) => setImmediate(resolve));
    while ((runtime?.evidence?.load().queued ?? 0) > MOST_QUEUED)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function allMatched(count: number): Promise<void> {
  const untilMs = performance.now() + LONGEST_MS;
  while (sums() < count && performance.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  if ((await matched()) !== count) throw new Error(`Not all matched: ${await verdicts()}`);
}

function sums(): number {
  return runtime?.evidence?.sums().trials ?? 0;
}

async function matched(): Promise<number> {
  const told = (await verdicts()).matchAll(/comparisons_total\{[^}]*"matched"[^}]*\} (\d+)/g);
  return [...told].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** What the comparison has counted, where that is not 0. */
async function verdicts(): Promise<string> {
  const text = (await runtime?.registry.metrics()) ?? '';
  const told = text.split('\n').filter((line) => /^crossfade_(comparisons|excused|dropped|late)/.test(line));
  return told.filter((line) => !line.endsWith(' 0')).join('\n');
}

/** Resolves when all of the round has come. */
async function end(): Promise<Cost> {
  await ended;
  const cost = { cpuMs: cpuMsSince(startCpu), wallMs: performance.now() - startMs };
  endedCpu = process.cpuUsage();
  return cost;
}

/** CPU that was spent after the end of each round until the next one was prepared, milliseconds in all. */
function between(): number {
  if (endedCpu !== undefined) {
    betweenMs += cpuMsSince(endedCpu);
    endedCpu = process.cpuUsage();
  }
  return betweenMs;
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

serve({
  open: async (wish: Opening): Promise<void> => {
    opening = wish;
    await (wish.variant.startsWith('raw') ? openRaw(wish) : openCrossfade(wish));
  },
  begin,
  end,
  between,
  verdicts,
  /** proves that something was read */
  seen: () => bytesSeen,
});

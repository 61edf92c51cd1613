import type { Row } from './row.js';
import { microsNote, ratios } from './served-rows.js';
import type { Cost } from './subscriber.js';
import { alternating, Subscriber, type World } from './world.js';

const USERS = 10_000;
/** The comparison is off the served path and drops what it cannot follow: it must not have to. */
const PER_SECOND = 5_000;
/** Longer than a decided pair is remembered: what it costs to forget it belongs to its price. */
const FORGOTTEN_MS = 63_000;
/** Untimed: 20,000 pairs are too few to have everything compiled. */
const WARM_UP_ROUNDS = 2;

/** The stage `shadow`: legacy is delivered, Redis only compared. */
export async function shadowRows(world: World): Promise<Row[]> {
  const { rounds, pairs } = world.size;
  const raw = await Subscriber.start(world, 'raw parsed', 'event', USERS);
  const chats = await Subscriber.start(world, 'shadow', 'chat', USERS);
  const events = await Subscriber.start(world, 'shadow', 'event', USERS);
  const all = [raw, chats, events];
  for (let round = 0; round < WARM_UP_ROUNDS; round++)
    for (const subscriber of all) await subscriber.round(pairs, PER_SECOND);
  const before = await Promise.all(all.map((subscriber) => subscriber.between()));
  const costs = await alternating(
    rounds,
    all.map((subscriber) => () => subscriber.round(pairs, PER_SECOND)),
    false,
  );
  await new Promise((resolve) => setTimeout(resolve, FORGOTTEN_MS));
  const after = await Promise.all(all.map((subscriber) => subscriber.between()));
  for (const subscriber of all) await subscriber.end();
  // That of the pairs that warmed up, and of a process at rest, is in it.
  const forgetting = after.map((betweenMs, n) => (betweenMs - (before[n] ?? 0)) / (pairs * rounds));
  const [plain = [], ...shadows] = costs;
  const [chat = [], event = []] = shadows.map((each, n) => withMore(each, forgetting[n + 1] ?? 0));
  const beside = 'ioredis, `message` + `JSON.parse`';
  return [
    {
      name: 'shadow, chat',
      what: 'stage `shadow`, 10,000 users, 300-byte chat messages, all metrics on, warmed up by 40,000 pairs: CPU per compared pair',
      beside,
      unit: '×',
      goal: { atMost: 2.2 },
      rounds: ratios(chat, plain),
      note: `${microsNote(chat, plain)}; of these ${micros(forgetting[1])} µs between and after the rounds, to forget the pair`,
    },
    {
      name: 'shadow, event',
      what: 'the same with events that have no id and are known by what they say',
      beside,
      unit: '×',
      rounds: ratios(event, plain),
      note: `${microsNote(event, plain)}; of these ${micros(forgetting[2])} µs so`,
    },
  ];
}

function withMore(costs: readonly Cost[], moreMs: number): Cost[] {
  return costs.map((cost) => ({ ...cost, cpuMs: cost.cpuMs + moreMs }));
}

function micros(cpuMs = 0): string {
  return (cpuMs * 1_000).toFixed(2);
}

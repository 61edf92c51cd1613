import { Child } from './child.js';
import { spreadOf } from './figures.js';
import type { Holding } from './heap.js';
import type { Row } from './row.js';
import { alternating, type World } from './world.js';

const USERS = 50_000;
/** the warm-up's own channel */
const CHANNELS = USERS + 1;
/** until every timer that a subscription has set is over */
const SETTLED_MS = 3_000;

/** What a user who is connected costs in memory, everything that ioredis keeps included; each in a fresh process. */
export async function heapRows(world: World): Promise<Row[]> {
  const holdings = ['raw', 'complete', 'shadow', 'complete, RxJS', 'shadow, RxJS'] as const;
  const figures = await alternating(
    world.size.rounds,
    holdings.map((holding) => () => bytesPerUser(world, holding)),
  );
  const [raw = [], complete = [], shadow = [], completeRx = [], shadowRx = []] = figures;
  const beside = `ioredis, one channel: ${spreadOf(raw).median.toFixed(0)} B`;
  return [
    row('`complete`, nobody listening', beside, 350, complete),
    row('`shadow`, nobody listening', beside, 400, shadow),
    row('`complete`, one RxJS subscriber', beside, 1_050, completeRx),
    row('`shadow`, one RxJS subscriber', beside, 1_050, shadowRx),
  ];
}

function row(what: string, beside: string, atMost: number, rounds: readonly number[]): Row {
  const name = `heap, ${what}`;
  return { name, what: `heap per user: ${what}`, beside, unit: 'B', goal: { atMost }, rounds };
}

async function bytesPerUser(world: World, holding: Holding): Promise<number> {
  await world.subscribed('', 0);
  const child = Child.start('./heap.ts', true);
  await child.ask('open', { port: world.port, holding, users: USERS });
  await world.subscribed('', CHANNELS);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const bytes = await child.ask<number>('heldPerUser', { users: USERS });
  await child.end();
  return bytes;
}

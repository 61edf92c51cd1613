import { Child } from './child.js';
import { spreadOf } from './figures.js';
import type { Holding } from './heap.js';
import type { Row } from './row.js';
import { alternating, type World } from './world.js';

const USERS = 50_000;
/** until every timer that a subscription has set is over */
const SETTLED_MS = 1_500;

/** What a user who is connected costs in memory, everything that ioredis keeps included; each in a fresh process. */
export async function heapRows(world: World): Promise<Row[]> {
  const holdings = ['raw', 'complete', 'shadow', 'complete, RxJS', 'shadow, RxJS'] as const;
  const figures = await alternating(
    world.size.rounds,
    holdings.map((holding) => () => bytesPerUser(world, holding, USERS)),
    false,
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

/** In a fresh process, once every subscription is acknowledged. */
export async function bytesPerUser(world: World, holding: Holding, users: number): Promise<number> {
  await world.subscribed('', 0);
  const child = Child.start('./heap.ts', true);
  await child.ask('open', { port: world.port, holding, users });
  // The warm-up has a channel of its own.
  await world.subscribed('', users + 1);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const bytes = await child.ask<number>('heldPerUser', { users });
  await child.end();
  return bytes;
}

import { Child } from './child.js';
import { spreadOf } from './figures.js';
import type { Row } from './row.js';
import { alternating, type World } from './world.js';

const USERS = 50_000;
const MOVED = 20_000;
const RAW_PREFIX = 'raw:';
const OURS_PREFIX = 'user:';

/** Many users at once: a flag change, a reconnect and the kill switch. */
export async function moveRows(world: World): Promise<Row[]> {
  const { rounds } = world.size;
  const child = Child.start('./moves.ts', true);
  await child.ask('open', { port: world.port, users: USERS });
  const moves = await alternating(rounds, [
    async () => {
      const tookMs = await child.ask<number>('move', { count: MOVED });
      await child.ask('moveBack');
      await world.subscribed(OURS_PREFIX, 0);
      return tookMs;
    },
    async () => {
      const tookMs = await child.ask<number>('subscribeRaw', { count: MOVED });
      await child.ask('unsubscribeRaw');
      await world.subscribed(RAW_PREFIX, 0);
      return tookMs;
    },
    async () => {
      const { heldMs } = await child.ask<{ heldMs: number }>('moveWatched', { count: MOVED });
      await child.ask('moveBack');
      await world.subscribed(OURS_PREFIX, 0);
      return heldMs;
    },
  ]);
  await child.ask('move', { count: USERS });
  await world.subscribed(OURS_PREFIX, USERS);
  await child.ask('subscribeRaw', { count: USERS });
  const reconnects = await alternating(rounds, [
    () => child.ask<number>('reconnect'),
    () => child.ask<number>('reconnectRaw'),
  ]);
  await child.ask('unsubscribeRaw');
  const [kills = []] = await alternating(rounds, [
    async () => {
      const tookMs = await child.ask<number>('kill');
      await child.ask('lift');
      return tookMs;
    },
  ]);
  await child.end();
  return rowsOf(moves, reconnects, kills);
}

function rowsOf(
  [move = [], rawMove = [], held = []]: readonly number[][],
  [reconnect = [], rawReconnect = []]: readonly number[][],
  kills: readonly number[],
): Row[] {
  return [
    {
      name: 'flag change',
      what: 'flag change that moves 20,000 of 50,000 users from `legacy` to `live`, no presence, no handover window: time',
      beside: 'ioredis, SUBSCRIBE of 20,000 channels in batches of 1,000',
      unit: '×',
      goal: { atMost: 1.5 },
      rounds: over(move, rawMove),
      note: `${millis(move)} ms : ${millis(rawMove)} ms`,
    },
    {
      name: 'flag change, loop',
      what: 'the same: longest hold of the event loop, CPU time',
      beside: '–',
      unit: 'ms',
      goal: { atMost: 20 },
      rounds: held,
    },
    {
      name: 'reconnect',
      what: 'reconnect with 50,000 users, from the new connection to the last one attached: time',
      beside: 'ioredis, SUBSCRIBE in batches of 1,000',
      unit: '×',
      goal: { atMost: 1.5 },
      rounds: over(reconnect, rawReconnect),
      note: `${millis(reconnect)} ms : ${millis(rawReconnect)} ms`,
    },
    {
      name: 'kill switch',
      what: 'kill switch, 50,000 users in `live`: from the signal to the last one on legacy',
      beside: '–',
      unit: 'ms',
      goal: { atMost: 250 },
      rounds: kills,
    },
  ];
}

function over(figures: readonly number[], beside: readonly number[]): number[] {
  return figures.map((figure, round) => figure / (beside[round] ?? NaN));
}

function millis(figures: readonly number[]): string {
  return spreadOf(figures).median.toFixed(0);
}

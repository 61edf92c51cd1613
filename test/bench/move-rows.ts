import { Child } from './child.js';
import { spreadOf } from './figures.js';
import type { Row } from './row.js';
import { ratios } from './served-rows.js';
import type { Cost } from './subscriber.js';
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
      const took = await child.ask<Cost>('move', { count: MOVED });
      await child.ask('moveBack');
      await world.subscribed(OURS_PREFIX, 0);
      return took;
    },
    async () => {
      const took = await child.ask<Cost>('subscribeRaw', { count: MOVED });
      await child.ask('unsubscribeRaw');
      await world.subscribed(RAW_PREFIX, 0);
      return took;
    },
    async () => {
      const { heldMs } = await child.ask<{ heldMs: number }>('moveWatched', { count: MOVED });
      await child.ask('moveBack');
      await world.subscribed(OURS_PREFIX, 0);
      return { wallMs: NaN, cpuMs: heldMs };
    },
  ]);
  await child.ask('move', { count: USERS });
  await world.subscribed(OURS_PREFIX, USERS);
  await child.ask('subscribeRaw', { count: USERS });
  const reconnects = await alternating(rounds, [
    () => child.ask<Cost>('reconnect'),
    () => child.ask<Cost>('reconnectRaw'),
  ]);
  await child.ask('unsubscribeRaw');
  const [kills = []] = await alternating(rounds, [
    async () => {
      const took = await child.ask<Cost>('kill');
      await child.ask('lift');
      return took;
    },
  ]);
  await child.end();
  return rowsOf(moves, reconnects, kills);
}

function rowsOf(
  [move = [], rawMove = [], held = []]: readonly Cost[][],
  [reconnect = [], rawReconnect = []]: readonly Cost[][],
  kills: readonly Cost[],
): Row[] {
  return [
    {
      name: 'flag change',
      what: 'flag change that moves 20,000 of 50,000 users from `legacy` to `live`, no presence, no handover window: time',
      beside: 'ioredis, SUBSCRIBE of 20,000 channels in batches of 1,000',
      unit: '×',
      goal: { atMost: 1.5 },
      rounds: over(move, rawMove),
      note: noteOf(move, rawMove),
    },
    {
      name: 'flag change, loop',
      what: 'the same: longest hold of the event loop',
      beside: '–',
      unit: 'ms',
      goal: { atMost: 20 },
      rounds: held.map(({ cpuMs }) => cpuMs),
    },
    {
      name: 'reconnect',
      what: 'reconnect with 50,000 users, from the new connection to the last one attached: time',
      beside: 'ioredis, SUBSCRIBE in batches of 1,000',
      unit: '×',
      goal: { atMost: 1.5 },
      rounds: over(reconnect, rawReconnect),
      note: noteOf(reconnect, rawReconnect),
    },
    {
      name: 'kill switch',
      what: 'kill switch, 50,000 users in `live`: from the signal to the last one on legacy',
      beside: '–',
      unit: 'ms',
      goal: { atMost: 250 },
      rounds: kills.map(({ wallMs }) => wallMs),
      note: `${millis(kills, 'cpuMs')} ms of CPU`,
    },
  ];
}

function over(figures: readonly Cost[], beside: readonly Cost[]): number[] {
  return figures.map(({ wallMs }, round) => wallMs / (beside[round]?.wallMs ?? NaN));
}

function noteOf(figures: readonly Cost[], beside: readonly Cost[]): string {
  const times = `${millis(figures, 'wallMs')} ms : ${millis(beside, 'wallMs')} ms`;
  const cpu = spreadOf(ratios(figures, beside)).median.toFixed(2);
  return `${times}; CPU ${cpu} ×, ${millis(figures, 'cpuMs')} ms : ${millis(beside, 'cpuMs')} ms`;
}

function millis(figures: readonly Cost[], what: keyof Cost): string {
  return spreadOf(figures.map((cost) => cost[what])).median.toFixed(0);
}

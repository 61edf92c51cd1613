import { waitFor } from '../wait-for.js';
import { Child } from './child.js';
import { spreadOf } from './figures.js';
import type { Row } from './row.js';
import { alternating, type World } from './world.js';

const USERS = 10_000;
const EVENTS = 12_000;
const PER_SECOND = 2_000;

interface Delays {
  readonly handedOver: number;
  readonly onTheWay: number;
}

/** What shadowing adds to the delay of a legacy event, while Redis brings the same event and both are compared. */
export async function delayRows(world: World): Promise<Row[]> {
  const open = async (isShadowed: boolean): Promise<() => Promise<Delays>> => {
    const ticker = Child.start('./ticker.ts');
    const child = Child.start('./delay.ts', isShadowed);
    const tickerPort = await ticker.ask<number>('listen');
    await child.ask('open', { redisPort: world.port, tickerPort, users: USERS, isShadowed });
    if (isShadowed) await world.subscribed('user:', USERS);
    children.push(ticker, child);
    return async () => {
      await child.ask('begin', { events: EVENTS });
      await ticker.ask('tick', { redisPort: world.port, users: USERS, count: EVENTS, perSecond: PER_SECOND });
      await waitFor('every event has come', async () => (await child.ask<number>('come')) === EVENTS);
      return child.ask<Delays>('read');
    };
  };
  const children: Child[] = [];
  const [shadowed = [], plain = []] = await alternating(world.size.rounds, [
    await open(true),
    await open(false),
  ]);
  for (const child of children) await child.end();
  return [
    {
      name: 'delay of a delivery',
      what: 'delay that shadowing adds to a legacy delivery, p99, from the listener to the reader; 2,000 events a second',
      beside: 'the same without Crossfade',
      unit: 'µs',
      goal: { atMost: 50 },
      ...added(shadowed, plain, ({ handedOver }) => handedOver),
    },
    {
      name: 'delay on the way',
      what: 'the same from another process to the reader, waiting for the event loop included',
      beside: 'the same without Crossfade',
      unit: 'µs',
      ...added(shadowed, plain, ({ onTheWay }) => onTheWay),
    },
  ];
}

function added(
  shadowed: readonly Delays[],
  plain: readonly Delays[],
  pick: (delays: Delays) => number,
): Pick<Row, 'rounds' | 'note'> {
  const middle = (delays: readonly Delays[]): string => spreadOf(delays.map(pick)).median.toFixed(1);
  return {
    rounds: shadowed.map(
      (delays, round) => pick(delays) - (plain[round] === undefined ? NaN : pick(plain[round])),
    ),
    note: `${middle(shadowed)} µs : ${middle(plain)} µs`,
  };
}

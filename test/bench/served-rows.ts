import { spreadOf } from './figures.js';
import type { Row } from './row.js';
import type { Cost, Variant } from './subscriber.js';
import { alternating, Subscriber, type World } from './world.js';

const USERS = 10_000;

/** The stage `complete`: what one message costs whoever reads it, beside ioredis alone. */
export async function servedRows(world: World): Promise<Row[]> {
  const variants = [
    'raw bytes',
    'raw parsed',
    'complete callback',
    'complete observable',
    'complete parsed',
  ] as const satisfies readonly Variant[];
  const subscribers: Subscriber[] = [];
  for (const variant of variants) subscribers.push(await Subscriber.start(world, variant, 'event', USERS));
  const costs = await alternating(
    world.size.rounds,
    subscribers.map((subscriber) => () => subscriber.round(world.size.messages, world.size.perSecond)),
  );
  for (const subscriber of subscribers) await subscriber.end();
  const [bytes = [], parsed = [], callback = [], observable = [], objects = []] = costs;
  const shared = { unit: '×' } as const;
  return [
    {
      ...shared,
      name: 'complete, callback',
      what: 'stage `complete`, 10,000 users, 300-byte messages, bytes to a callback: CPU per message',
      beside: 'ioredis, `messageBuffer`',
      goal: { atMost: 1.35 },
      rounds: ratios(callback, bytes),
      note: microsNote(callback, bytes),
    },
    {
      ...shared,
      name: 'complete, Observable',
      what: 'the same through an Observable',
      beside: 'ioredis, `messageBuffer`',
      goal: { atMost: 1.5 },
      rounds: ratios(observable, bytes),
      note: microsNote(observable, bytes),
    },
    {
      ...shared,
      name: 'complete, parsed',
      what: 'the same, parsed objects',
      beside: 'ioredis, `message` + `JSON.parse`',
      goal: { atMost: 1.25 },
      rounds: ratios(objects, parsed),
      note: microsNote(objects, parsed),
    },
  ];
}

/** Round by round, since both sides of a round ran under the same load. */
export function ratios(figures: readonly Cost[], beside: readonly Cost[]): number[] {
  return figures.map(({ cpuMs }, round) => cpuMs / (beside[round]?.cpuMs ?? NaN));
}

export function microsNote(figures: readonly Cost[], beside: readonly Cost[]): string {
  return `${micros(figures)} µs : ${micros(beside)} µs`;
}

function micros(costs: readonly Cost[]): string {
  return (spreadOf(costs.map(({ cpuMs }) => cpuMs)).median * 1_000).toFixed(2);
}

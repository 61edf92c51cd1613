import { spreadOf } from './figures.js';
import type { Row } from './row.js';
import { microsNote, ratios } from './served-rows.js';
import { alternating, Subscriber, type World } from './world.js';

const SIZES = [1_000, 10_000, 100_000];

/** Whether a message costs more where there are more users. */
export async function growthRows(world: World): Promise<Row[]> {
  const { rounds, messages, perSecond } = world.size;
  const open = (variant: 'complete callback' | 'raw bytes') =>
    inTurn(SIZES, (users) => Subscriber.start(world, variant, 'event', users));
  const [ours, raw] = [await open('complete callback'), await open('raw bytes')];
  const costs = await alternating(
    rounds,
    [...ours, ...raw].map((subscriber) => () => subscriber.round(messages, perSecond)),
  );
  for (const subscriber of [...ours, ...raw]) await subscriber.end();
  const [few = [], some = [], many = [], rawFew = [], , rawMany = []] = costs;
  const rawGrowth = spreadOf(ratios(rawMany, rawFew)).median.toFixed(2);
  return [
    {
      name: 'growth to 10,000',
      what: 'growth: CPU per message at 10,000 users, callback',
      beside: 'itself at 1,000',
      unit: '×',
      goal: { atMost: 1.25 },
      rounds: ratios(some, few),
      note: microsNote(some, few),
    },
    {
      name: 'growth to 100,000',
      what: 'growth: CPU per message at 100,000 users, callback',
      beside: 'itself at 1,000',
      unit: '×',
      goal: { atMost: 1.25 },
      rounds: ratios(many, few),
      note: `${microsNote(many, few)}; ioredis alone grows ${rawGrowth} ×`,
    },
  ];
}

async function inTurn<A, B>(all: readonly A[], work: (each: A) => Promise<B>): Promise<B[]> {
  const done: B[] = [];
  for (const each of all) done.push(await work(each));
  return done;
}

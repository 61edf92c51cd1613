import { Child } from './child.js';
import { spreadOf } from './figures.js';
import type { Row } from './row.js';
import { alternating, type World } from './world.js';

const EVENTS = 20_000;
const WAVES = 4;

const MIGRATION = 'LaunchDarkly `Migration` read with `check` by fast-deep-equal';
const EXPERIMENT = 'tzientist experiment with fast-deep-equal';
const LISTS = 'tzientist experiment with fast-deep-equal on the lists sorted by `doc_id`';
const EVENT = 'one comparison of two 300-byte events, objects given';
const LIST = 'one comparison of a 50-item list changed in one item, objects given';
/** what an experiment does too: it is handed both results together, judges them and counts */
const JUDGED = 'both sides at hand: what is said, the verdict by its rule, and all that is counted of it';
/** what no experiment does */
const ROUTE =
  'the whole route: besides, each side comes for itself through the bounded queue, waits for its partner, and is remembered for a minute';

/** One comparison beside what others offer for it; objects are given, all in one process. */
export async function comparisonRows({ size }: World): Promise<Row[]> {
  const child = Child.start('./comparison.ts', true);
  const compare = (by: string, lists: number) => () =>
    child.ask<number>('compare', { by, lists, count: EVENTS });
  const [atHand = [], route = [], launchDarkly = [], tzientist = []] = await alternating(size.rounds, [
    compare('Crossfade, at hand', 0),
    compare('Crossfade', 0),
    compare('LaunchDarkly', 0),
    compare('tzientist', 0),
  ]);
  const [listsAtHand = [], listRoute = [], theirLists = []] = await alternating(size.rounds, [
    compare('Crossfade, lists at hand', WAVES),
    compare('Crossfade', WAVES),
    compare('tzientist, lists', WAVES),
  ]);
  await child.end();
  const row = (name: string, what: string, beside: string, atLeast: number | undefined) => ({
    ...{ name, what: `${what}: how many times cheaper`, beside, unit: '×' as const },
    ...(atLeast === undefined ? {} : { goal: { atLeast } }),
  });
  // The goals stand beside the figure that does what the others do.
  return [
    {
      ...row('comparison, LaunchDarkly', `${EVENT}; ${JUDGED}`, MIGRATION, 5),
      ...cheaper(atHand, launchDarkly),
    },
    { ...row('comparison, tzientist', 'the same', EXPERIMENT, 2), ...cheaper(atHand, tzientist) },
    {
      ...row('comparison, route, LaunchDarkly', `${EVENT}; ${ROUTE}`, MIGRATION, undefined),
      ...cheaper(route, launchDarkly),
    },
    {
      ...row('comparison, route, tzientist', 'the same', EXPERIMENT, undefined),
      ...cheaper(route, tzientist),
    },
    {
      ...row('comparison, list', `${LIST}; both sides at hand, and whether it has changed`, LISTS, 3),
      ...cheaper(listsAtHand, theirLists),
    },
    {
      ...row('comparison, route, list', `${LIST}; the whole route, as for events`, LISTS, undefined),
      ...cheaper(listRoute, theirLists),
    },
  ];
}

function cheaper(ours: readonly number[], theirs: readonly number[]): Pick<Row, 'rounds' | 'note'> {
  return {
    rounds: ours.map((figure, round) => (theirs[round] ?? NaN) / figure),
    note: `${spreadOf(ours).median.toFixed(2)} µs : ${spreadOf(theirs).median.toFixed(2)} µs`,
  };
}

import { Child } from './child.js';
import { spreadOf } from './figures.js';
import type { Row } from './row.js';
import { alternating, type World } from './world.js';

const EVENTS = 20_000;
const WAVES = 4;

/** One comparison beside what others offer for it; objects are given, all in one process. */
export async function comparisonRows({ size }: World): Promise<Row[]> {
  const child = Child.start('./comparison.ts', true);
  const compare = (by: string, lists: number) => () =>
    child.ask<number>('compare', { by, lists, count: EVENTS });
  const [ours = [], launchDarkly = [], tzientist = []] = await alternating(size.rounds, [
    compare('Crossfade', 0),
    compare('LaunchDarkly', 0),
    compare('tzientist', 0),
  ]);
  const [ourLists = [], theirLists = []] = await alternating(size.rounds, [
    compare('Crossfade', WAVES),
    compare('tzientist, lists', WAVES),
  ]);
  await child.end();
  return [
    {
      name: 'comparison, LaunchDarkly',
      what: 'one comparison of two 300-byte events, objects given: how many times cheaper',
      beside: 'LaunchDarkly `Migration` read with `check` by fast-deep-equal',
      unit: '×',
      goal: { atLeast: 5 },
      ...cheaper(ours, launchDarkly),
    },
    {
      name: 'comparison, tzientist',
      what: 'the same',
      beside: 'tzientist experiment with fast-deep-equal',
      unit: '×',
      goal: { atLeast: 2 },
      ...cheaper(ours, tzientist),
    },
    {
      name: 'comparison, list',
      what: 'one comparison of a 50-item list changed in one item, objects given: how many times cheaper',
      beside: 'tzientist experiment with fast-deep-equal on the lists sorted by `doc_id`',
      unit: '×',
      goal: { atLeast: 3 },
      ...cheaper(ourLists, theirLists),
    },
  ];
}

function cheaper(ours: readonly number[], theirs: readonly number[]): Pick<Row, 'rounds' | 'note'> {
  return {
    rounds: ours.map((figure, round) => (theirs[round] ?? NaN) / figure),
    note: `${spreadOf(ours).median.toFixed(2)} µs : ${spreadOf(theirs).median.toFixed(2)} µs`,
  };
}

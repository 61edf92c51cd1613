import fc from 'fast-check';
import type { Stage } from '../../../src/domain/stage.js';
import type { Emission, ListType, Outage, OutageKind, Schedule, Truth, WorldPlan } from './world-plan.js';

export const WINDOW_MS = 5_000;
/** as long as things happen */
export const BUSY_MS = 60_000;

const stages = fc.constantFrom<Stage>('legacy', 'shadow', 'live', 'complete');
const moments = fc.integer({ min: 0, max: BUSY_MS });
/** Half of all lags are short, as in life; the others are anywhere inside the window. */
const lags = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: WINDOW_MS - 1 }));

const message = (text: fc.Arbitrary<string>): fc.Arbitrary<Truth> =>
  fc.record({ kind: fc.constant('message' as const), atMs: moments, text });

const truths: fc.Arbitrary<Truth> = fc.oneof(
  { weight: 5, arbitrary: message(fc.constant('named')) },
  { weight: 2, arbitrary: message(fc.constantFrom('ok', 'yes')) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      atMs: moments,
      type: fc.constantFrom<ListType>('notif.sync', 'msg.sync'),
      items: fc.integer({ min: 0, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('redis_only' as const), atMs: moments }) },
);

/** One thing happens at a time, and messages are named in the order in which they are sent. */
function named(emissions: readonly Emission[]): Emission[] {
  const inOrder = [...emissions].sort((a, b) => a.truth.atMs - b.truth.atMs);
  return inOrder.map((each, n) => {
    const truth = { ...each.truth, atMs: each.truth.atMs + n };
    if (truth.kind !== 'message' || truth.text !== 'named') return { ...each, truth };
    return { ...each, truth: { ...truth, id: `m${n}`, text: `text ${n}` } };
  });
}

const emissions = fc
  .array(
    fc.record({ truth: truths, lagMs: fc.record({ legacy: lags, redis: lags }), overtakes: fc.boolean() }),
    { minLength: 1, maxLength: 40, size: 'max' },
  )
  .map(named);

/** One outage at a time on each side; a legacy side that stops hearing a user says so at once. */
function oneAtATime(outages: readonly Outage[]): Outage[] {
  const freeMs = { legacy: 0, redis: 0 };
  return [...outages]
    .sort((a, b) => a.startMs - b.startMs)
    .map((outage) => {
      const side = outage.kind === 'legacy' ? 'legacy' : 'redis';
      const unseenMs = side === 'legacy' ? 0 : outage.unseenMs;
      const startMs = Math.max(outage.startMs, freeMs[side]);
      freeMs[side] = startMs + unseenMs + outage.seenMs + 1;
      return { ...outage, startMs, unseenMs };
    });
}

const outages = fc
  .array(
    fc.record({
      kind: fc.constantFrom<OutageKind>('link', 'link', 'canary', 'own_presence', 'other_presence', 'legacy'),
      startMs: moments,
      unseenMs: fc.integer({ min: 0, max: 2_000 }),
      seenMs: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 500, max: 20_000 })),
    }),
    { maxLength: 4 },
  )
  .map(oneAtATime);

const plans: fc.Arbitrary<WorldPlan> = fc
  .record({
    emissions,
    outages,
    attachMs: fc.record({
      legacy: fc.constantFrom(0, 0, 20),
      redis: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 8_000 })),
    }),
    presenceMs: fc.option(fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 12_000 })), {
      nil: undefined,
    }),
    firstListsMs: fc.option(fc.integer({ min: 0, max: 7_000 }), { nil: undefined }),
    skewMs: fc.record({
      legacy: fc.integer({ min: -60_000, max: 60_000 }),
      redis: fc.integer({ min: -60_000, max: 60_000 }),
    }),
  })
  // Where presence does not tell, nobody can know that it is lost.
  .filter(
    ({ presenceMs, outages: all }) =>
      presenceMs !== undefined || all.every(({ kind }) => !kind.endsWith('presence')),
  );

/** Everything that may come together, in any order. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  plan: plans,
  startMs: fc.integer({ min: 0, max: 10_000 }),
  first: stages,
  flips: fc
    .array(fc.record({ atMs: moments, stage: stages }), { maxLength: 6 })
    .map((flips) => [...flips].sort((a, b) => a.atMs - b.atMs)),
});

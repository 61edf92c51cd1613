import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkOutcome } from './handover-checks.js';
import { runSchedule, type Outcome } from './handover-run.js';
import { schedules } from './schedules.js';

const { CROSSFADE_SEED, CROSSFADE_PATH, CROSSFADE_RUNS, CROSSFADE_LONG } = process.env;
const seed = Number(CROSSFADE_SEED ?? 1);
const numRuns = Number(CROSSFADE_RUNS ?? (CROSSFADE_LONG === undefined ? 300 : 100_000));
const replay = CROSSFADE_PATH === undefined ? {} : { path: CROSSFADE_PATH, endOnFailure: true };

describe(`given any schedule of events, lags, flips, gaps and reconnects (seed ${seed}, ${numRuns} runs)`, () => {
  it.each(['events', 'bytes'] as const)(
    'gives each message once and in order, and each list’s newest state without a step back, to a reader of %s',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(schedules, async (schedule) => {
          checkOutcome(await runSchedule(schedule, kind));
        }),
        { numRuns, seed, ...replay },
      );
    },
    numRuns * 100,
  );

  it(
    'gives a reader of bytes just what a reader of objects gets of what only Redis carries',
    async () => {
      await fc.assert(
        fc.asyncProperty(schedules, async (schedule) => {
          const [objects, bytes] = [
            await runSchedule(schedule, 'events'),
            await runSchedule(schedule, 'bytes'),
          ];
          expect(ofRedisAlone(bytes)).toEqual(ofRedisAlone(objects));
        }),
        { numRuns, seed, ...replay },
      );
    },
    numRuns * 100,
  );
});

function ofRedisAlone({ others, recorder }: Outcome) {
  const type = 'task.progress_update';
  const counted = [...recorder.counts].filter(([key]) => key.includes(type));
  return { got: others.filter((event) => event.type === type).map(({ payload }) => payload), counted };
}

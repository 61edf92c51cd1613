import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { checkOutcome } from './handover-checks.js';
import { runSchedule } from './handover-run.js';
import { schedules } from './schedules.js';

const { CROSSFADE_SEED, CROSSFADE_PATH, CROSSFADE_RUNS, CROSSFADE_LONG } = process.env;
const seed = Number(CROSSFADE_SEED ?? 1);
const numRuns = Number(CROSSFADE_RUNS ?? (CROSSFADE_LONG === undefined ? 300 : 100_000));
const replay = CROSSFADE_PATH === undefined ? {} : { path: CROSSFADE_PATH, endOnFailure: true };

describe(`given any schedule of events, lags, flips, gaps and reconnects (seed ${seed}, ${numRuns} runs)`, () => {
  it(
    'gives each message once and in order, and each list’s newest state without a step back',
    async () => {
      await fc.assert(
        fc.asyncProperty(schedules, async (schedule) => {
          checkOutcome(await runSchedule(schedule));
        }),
        { numRuns, seed, ...replay },
      );
    },
    numRuns * 100,
  );
});

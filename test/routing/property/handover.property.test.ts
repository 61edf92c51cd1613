import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkOutcome } from './handover-checks.js';
import { runSchedule, type Move, type Outcome } from './handover-run.js';
import { schedules } from './schedules.js';

const { CROSSFADE_SEED, CROSSFADE_PATH, CROSSFADE_RUNS, CROSSFADE_LONG } = process.env;
const seed = Number(CROSSFADE_SEED ?? 1);
const numRuns = Number(CROSSFADE_RUNS ?? (CROSSFADE_LONG === undefined ? 300 : 100_000));
const replay = CROSSFADE_PATH === undefined ? {} : { path: CROSSFADE_PATH, endOnFailure: true };

/** how often the router looks for what is due */
const SWEEP_MS = 250;

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
          const isSure = sureTimes(objects.moves, bytes.moves);
          expect(ofRedisAlone(bytes, isSure)).toEqual(ofRedisAlone(objects, isSure));
        }),
        { numRuns, seed, ...replay },
      );
    },
    numRuns * 100,
  );
});

function ofRedisAlone({ others }: Outcome, isSure: (atMs: number) => boolean) {
  return others
    .filter(({ type, arrivedAtMs }) => type === 'task.progress_update' && isSure(arrivedAtMs))
    .map(({ payload }) => payload);
}

/**
 * The times at which two runs of one schedule are served by the same source for sure. What is due is looked for every
 * 250 ms, from when the first thing was underway, and the two have different things underway: each move may come so
 * much sooner or later, and the next besides. Where one of them was thereby overtaken by a flip, they part.
 */
function sureTimes(a: readonly Move[], b: readonly Move[]): (atMs: number) => boolean {
  const unsure: { readonly fromMs: number; readonly untilMs: number }[] = [];
  for (let n = 0; n < Math.max(a.length, b.length); n++) {
    const slackMs = SWEEP_MS * (n + 2);
    const [one, other] = [a[n], b[n]];
    const fromMs = Math.min(one?.atMs ?? Infinity, other?.atMs ?? Infinity) - slackMs;
    const haveParted = one?.to !== other?.to || one?.result !== other?.result;
    unsure.push({ fromMs, untilMs: haveParted ? Infinity : fromMs + 2 * slackMs });
    if (haveParted || one === undefined || other === undefined) break;
    expect(Math.abs(one.atMs - other.atMs)).toBeLessThanOrEqual(slackMs);
  }
  return (atMs) => unsure.every(({ fromMs, untilMs }) => atMs < fromMs || atMs > untilMs);
}

import { describe, it } from '@jest/globals';
import { checkOutcome } from './handover-checks.js';
import { runSchedule } from './handover-run.js';
import type { Schedule, Truth, WorldPlan } from './world-plan.js';

const message = (atMs: number, id: string, lagMs = { legacy: 0, redis: 0 }) =>
  emission({ kind: 'message', atMs, text: `text ${id}`, id }, lagMs);
const notifications = (atMs: number, items: number, lagMs = { legacy: 0, redis: 0 }) =>
  emission({ kind: 'list', atMs, type: 'notif.sync', items }, lagMs);
const messages = (atMs: number, items: number, lagMs = { legacy: 0, redis: 0 }) =>
  emission({ kind: 'list', atMs, type: 'msg.sync', items }, lagMs);

function emission(truth: Truth, lagMs: { legacy: number; redis: number }) {
  return { truth, lagMs, overtakes: false };
}

function plan(emissions: WorldPlan['emissions'], more: Partial<WorldPlan> = {}): WorldPlan {
  return {
    emissions,
    outages: [],
    attachMs: { legacy: 0, redis: 1 },
    presenceMs: undefined,
    firstListsMs: undefined,
    skewMs: { legacy: 0, redis: 0 },
    ...more,
  };
}

/** Schedules that once went wrong, found by the property and made small. */
const FOUND: readonly (readonly [string, Schedule])[] = [
  [
    'fills in from legacy where Redis was attached first and its presence is still opening',
    {
      plan: plan([message(5_689, 'm3')], {
        attachMs: { legacy: 20, redis: 1 },
        presenceMs: 20,
        firstListsMs: 0,
      }),
      startMs: 5_668,
      first: 'live',
      flips: [],
    },
  ],
  [
    'keeps the order where a late presence opens a moment after legacy had to be opened again',
    {
      plan: plan([message(19_684, 'm1', { legacy: 2, redis: 0 }), message(19_685, 'm2')], {
        presenceMs: 10_001,
      }),
      startMs: 9_682,
      first: 'complete',
      flips: [],
    },
  ],
  [
    'gives what Redis says while legacy is broken at once, and not at its next break',
    {
      plan: plan([message(16_552, 'm2'), message(17_052, 'm3')], {
        outages: [
          { kind: 'legacy', startMs: 16_551, unseenMs: 0, seenMs: 500 },
          { kind: 'legacy', startMs: 17_052, unseenMs: 0, seenMs: 500 },
        ],
      }),
      startMs: 0,
      first: 'legacy',
      flips: [{ atMs: 0, stage: 'shadow' }],
    },
  ],
  [
    'gives what legacy missed in a break when Redis brings it a moment after that',
    {
      plan: plan([message(5_002, 'm2', { legacy: 0, redis: 500 }), message(5_502, 'm3')], {
        outages: [{ kind: 'legacy', startMs: 5_001, unseenMs: 0, seenMs: 500 }],
      }),
      startMs: 0,
      first: 'legacy',
      flips: [
        { atMs: 0, stage: 'shadow' },
        { atMs: 5_501, stage: 'live' },
      ],
    },
  ],
  [
    'knows the list that legacy showed while it was alone between two handovers',
    {
      plan: plan([messages(23_000, 1, { legacy: 2, redis: 0 }), messages(23_002, 0)], {
        presenceMs: 0,
        firstListsMs: 0,
      }),
      startMs: 0,
      first: 'legacy',
      flips: [
        { atMs: 0, stage: 'live' },
        { atMs: 10_251, stage: 'shadow' },
        { atMs: 23_001, stage: 'legacy' },
        { atMs: 23_002, stage: 'live' },
      ],
    },
  ],
  [
    'never falls back on a list of legacy that is older than what legacy showed while it was alone',
    {
      plan: plan([notifications(40_067, 1, { legacy: 1_859, redis: 0 }), notifications(44_169, 2)], {
        outages: [
          { kind: 'other_presence', startMs: 29_414, unseenMs: 497, seenMs: 7_900 },
          { kind: 'own_presence', startMs: 55_094, unseenMs: 1_596, seenMs: 15_642 },
        ],
        presenceMs: 52,
        firstListsMs: 2_273,
      }),
      startMs: 8_066,
      first: 'legacy',
      flips: [
        { atMs: 13_670, stage: 'live' },
        { atMs: 35_028, stage: 'legacy' },
        { atMs: 38_794, stage: 'complete' },
      ],
    },
  ],
];

describe('given a schedule that once went wrong', () => {
  it.each(FOUND)('%s', async (_what, schedule) => {
    checkOutcome(await runSchedule(schedule));
  });
});

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
  [
    'does not show messages of legacy again that it has long ceased to repeat',
    {
      plan: plan([messages(18_969, 1), messages(23_039, 0)], { firstListsMs: 6_990 }),
      startMs: 4_743,
      first: 'legacy',
      flips: [
        { atMs: 9_342, stage: 'live' },
        { atMs: 38_007, stage: 'shadow' },
        { atMs: 49_445, stage: 'live' },
      ],
    },
  ],
  [
    'fills in from legacy where that is attached only after Redis had to take over at once',
    {
      plan: plan([message(705, 'm0')], {
        attachMs: { legacy: 20, redis: 1 },
        presenceMs: 952,
        firstListsMs: 6_992,
      }),
      startMs: 5,
      first: 'shadow',
      flips: [{ atMs: 14, stage: 'complete' }],
    },
  ],
  [
    'forgets what Redis said while its presence was missing once its link breaks too',
    {
      plan: plan([notifications(38_288, 3, { legacy: 0, redis: 2_851 }), notifications(42_590, 2)], {
        outages: [{ kind: 'link', startMs: 42_188, unseenMs: 1_583, seenMs: 60 }],
        attachMs: { legacy: 0, redis: 3_188 },
        presenceMs: 8_837,
      }),
      startMs: 4,
      first: 'complete',
      flips: [
        { atMs: 7_803, stage: 'legacy' },
        { atMs: 33_290, stage: 'complete' },
      ],
    },
  ],
  [
    'lets legacy fill in after a break of its own, for as long as presence may still have been opening',
    {
      plan: plan([message(5_462, 'm1', { legacy: 4_623, redis: 0 })], {
        outages: [{ kind: 'legacy', startMs: 7_740, unseenMs: 0, seenMs: 224 }],
        presenceMs: 2_342,
        firstListsMs: 2_573,
      }),
      startMs: 3_597,
      first: 'live',
      flips: [],
    },
  ],
];

describe('given a schedule that once went wrong', () => {
  it.each(FOUND)('%s', async (_what, schedule) => {
    checkOutcome(await runSchedule(schedule));
  });
});

import type { Gate, Plan } from '../domain/plan.js';

/** A number in a plan: its bounds, both included, and what stands where the file is silent. */
export interface NumberField {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly whole: boolean;
  readonly help: string;
}

const share = (byDefault: number, help: string): NumberField => ({
  min: 0,
  max: 1,
  default: byDefault,
  whole: false,
  help,
});
const budget = (byDefault: number, help: string): NumberField => ({
  min: 0.000001,
  max: 0.05,
  default: byDefault,
  whole: false,
  help,
});
const alpha = (byDefault: number, help: string): NumberField => ({
  min: 0.000001,
  max: 0.2,
  default: byDefault,
  whole: false,
  help,
});
const whole = (min: number, max: number, byDefault: number, help: string): NumberField => ({
  min,
  max,
  default: byDefault,
  whole: true,
  help,
});

const minutes = (byDefault: number, help: string): NumberField => ({
  min: 0,
  max: YEAR_MINUTES,
  default: byDefault,
  whole: false,
  help,
});

const YEAR_MINUTES = 525_600;
const HOUR_MS = 3_600_000;

type SectionName = Exclude<keyof Plan, 'version' | 'name' | 'types' | 'steps'>;
type NumbersOf<Section> = {
  [Key in keyof Section as Section[Key] extends number ? Key : never]: NumberField;
};

/** Every section of a plan with its numbers: what parses a plan, and what its JSON Schema says. */
export const SECTIONS = {
  parity: {
    eventsBudget: budget(0.001, 'Most mismatches per comparison, guarded classes together.'),
    usersBudget: budget(0.01, 'Most users, of all, who mismatch within their first ten comparisons.'),
  },
  lag: { p99LimitMs: whole(0, HOUR_MS, 2000, 'Redis arrival minus legacy arrival, 99th percentile.') },
  age: {
    p99LimitMs: whole(0, HOUR_MS, 10_000, "Delivery minus the envelope's timestamp, 99th percentile."),
    p99AboveLegacyMs: whole(0, HOUR_MS, 2000, "How far that may lie above legacy's."),
  },
  gaps: { timeShareLimit: share(0.001, 'Share of connected time that may fall into gaps of Redis.') },
  resyncs: { failedShareLimit: budget(0.05, 'Share of resyncs that may fail.') },
  delivery: {
    stoppedAfterSeconds: whole(1, 3600, 30, 'How long delivery must have stopped to be hard harm.'),
    stoppedUsers: whole(3, 1_000_000, 3, 'For how many users at least.'),
  },
  instrument: {
    failureShareLimit: share(0.001, 'Failures of the instrument per comparison.'),
    selfTestShareLimit: share(0.001, 'Disagreements of the self-test, of all it did.'),
  },
  flags: { maxAgeSeconds: whole(1, 86_400, 60, 'Oldest state of the flags on any replica.') },
  coverage: {
    excusedShareLimit: share(0.05, 'Share of comparisons that may be excused.'),
    sampledOutShareLimit: share(0.9, 'Share that may be sampled out.'),
  },
  confidence: {
    rollBackAlpha: alpha(
      0.01,
      'Probability of a roll-back within the budgets, in one step, however often one looks.',
    ),
    widenAlpha: alpha(0.05, 'Probability of a widening beyond the budgets.'),
  },
  rollBack: {
    coolDownMinutes: minutes(360, 'After a roll-back nothing widens for so long.'),
    quietMinutes: minutes(60, 'Nor until all was clear for so long without a break.'),
  },
  approvals: { validMinutes: whole(1, YEAR_MINUTES, 240, 'How long an approval holds.') },
  retire: {
    soakMinutes: minutes(10_080, 'How long the last step stands before legacy may go.'),
  },
} as const satisfies { [Name in SectionName]: NumbersOf<Plan[Name]> };

/** The numbers of a gate. */
export const GATE_FIELDS = {
  soakMinutes: minutes(60, 'Watched time with the step in force.'),
  minComparisons: whole(0, 1_000_000_000, 1000, 'Least number of comparisons.'),
  minUsers: whole(0, 1_000_000_000, 10, 'Least number of distinct users.'),
  typesSeenShare: share(1, "Share of the plan's types that must have been compared."),
} as const satisfies NumbersOf<Gate>;

/** A budget that a class has to itself; none by default but for the one signal. */
export const CLASS_BUDGET: NumberField = budget(0.01, 'A budget of its own, on top of the common one.');

/** The percentage of a step. */
export const PERCENT: NumberField = whole(0, 100, 0, 'Percent of users.');

/** Sections that may be of either kind. */
export const KIND_SECTIONS = ['lag', 'age', 'gaps', 'resyncs'] as const;

export const BOUNDS = { nameChars: 64, steps: 64, types: 32, canaries: 1000 } as const;

/** The types that both sources carry out of the box; chats are compared only where a backend switches that on. */
export const DEFAULT_TYPES = ['notif.sync', 'msg.sync'] as const;

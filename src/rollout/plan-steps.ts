import { NOTHING, type Targets } from '../domain/cohort-target.js';
import type { Flag } from '../domain/flag.js';
import { PROOFS, type Gate, type PlanStep, type StepChange } from '../domain/plan.js';
import { isUid } from '../domain/topic.js';
import { BOUNDS, GATE_FIELDS, PERCENT } from './plan-fields.js';
import type { PlanReader } from './plan-reader.js';
import { below } from './plan-reader.js';

/** What a step may do, by the key it is written with. */
export const STEP_KEYS = ['canaries', 'serveCanaries', 'compare', 'serve'] as const;
const CANARY_KEYS = { compare: 'canaries', serve: 'serveCanaries' } as const satisfies Record<Flag, string>;
const GATE_KEYS = [...Object.keys(GATE_FIELDS), 'approval', 'proof'];
const UID_CURE = 'A uid is 1 to 128 characters of [A-Za-z0-9._@|+-].';

/** Reads the steps and holds each against those before it. */
export function readSteps(reader: PlanReader, value: unknown): readonly PlanStep[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > BOUNDS.steps) {
    reader.fault('steps', 'A plan needs its steps.', `Give a list of 1 to ${BOUNDS.steps} steps.`);
    return [];
  }
  const steps: PlanStep[] = [];
  let before = NOTHING;
  value.forEach((given: unknown, i) => {
    const path = `steps[${i}]`;
    const step = readStep(reader, given, path);
    if (step === undefined) return;
    checkOrder(reader, step.change, before, path);
    before = afterChange(before, step.change);
    steps.push(step);
  });
  return steps;
}

/** The targets after a step; who was named once stays named until the flag's percentage goes to 0. */
export function afterChange(before: Targets, change: StepChange): Targets {
  const { flag } = change;
  const target =
    'percent' in change
      ? { percent: change.percent, canaries: change.percent === 0 ? [] : before[flag].canaries }
      : {
          percent: before[flag].percent,
          canaries: [...new Set([...before[flag].canaries, ...change.canaries])].sort(),
        };
  return { ...before, [flag]: target };
}

function readStep(reader: PlanReader, value: unknown, path: string): PlanStep | undefined {
  const fields = reader.section(value ?? undefined, path, [...STEP_KEYS, ...GATE_KEYS]);
  const keys = STEP_KEYS.filter((key) => fields[key] !== undefined);
  const [key] = keys;
  const gate = readGate(reader, fields, path);
  if (key === undefined || keys.length > 1) {
    reader.fault(path, 'A step does one thing.', `Give exactly one of: ${STEP_KEYS.join(', ')}.`);
    return undefined;
  }
  return { change: readChange(reader, key, fields[key], below(path, key)), gate };
}

function readChange(
  reader: PlanReader,
  key: (typeof STEP_KEYS)[number],
  value: unknown,
  path: string,
): StepChange {
  if (key === 'compare' || key === 'serve')
    return { flag: key, percent: reader.number(value, path, PERCENT) };
  const flag: Flag = key === 'canaries' ? 'compare' : 'serve';
  return { flag, canaries: reader.texts(value, path, BOUNDS.canaries, isUid, UID_CURE) };
}

function readGate(reader: PlanReader, fields: Readonly<Record<string, unknown>>, path: string): Gate {
  const number = (key: keyof typeof GATE_FIELDS): number =>
    reader.number(fields[key], below(path, key), GATE_FIELDS[key]);
  return {
    soakMinutes: number('soakMinutes'),
    minComparisons: number('minComparisons'),
    minUsers: number('minUsers'),
    typesSeenShare: number('typesSeenShare'),
    approval: reader.choice(fields['approval'], below(path, 'approval'), ['required', 'none'], 'none'),
    proof: reader.choice(fields['proof'], below(path, 'proof'), PROOFS, 'users'),
  };
}

/** A plan only goes forward, serves nobody who is not compared, and compares nobody any more only once all are served. */
function checkOrder(reader: PlanReader, change: StepChange, before: Targets, path: string): void {
  const { flag } = change;
  const at = (problem: string, cure: string): void => {
    reader.fault(below(path, 'percent' in change ? flag : CANARY_KEYS[flag]), problem, cure);
  };
  if (!('percent' in change)) {
    checkCanaries(change, before, at);
    return;
  }
  const { percent } = change;
  const retires = flag === 'compare' && percent === 0 && before.serve.percent === 100;
  if (before.serve.percent === 100 && before.compare.percent === 0) {
    at('Nothing comes after the retirement.', 'End the plan with compare: 0.');
  } else if (percent <= before[flag].percent && !retires) {
    at(
      `This does not go beyond the ${before[flag].percent} before it.`,
      'Give a larger percentage; only compare: 0 after serve: 100 goes back.',
    );
  } else if (flag === 'serve' && percent > before.compare.percent) {
    at('This would serve users who are not compared.', `Put compare: ${percent} before it.`);
  }
}

function checkCanaries(
  { flag, canaries }: StepChange & { readonly canaries: readonly string[] },
  before: Targets,
  at: (problem: string, cure: string) => void,
): void {
  if (canaries.length > 0 && canaries.every((uid) => before[flag].canaries.includes(uid))) {
    at('This step changes nothing: all of these are named before it.', 'Take it out, or name others.');
  }
  if (flag === 'compare' || before.compare.percent === 100) return;
  const strangers = canaries.filter((uid) => !before.compare.canaries.includes(uid));
  if (strangers.length > 0) {
    at(`${strangers.length} of these would be served and not compared.`, 'Name them under canaries first.');
  }
}

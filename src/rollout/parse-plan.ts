import { MISMATCH_CLASSES, type MismatchClass } from '../domain/comparison.js';
import { OBJECTIVE_KINDS, type ObjectiveKind } from '../domain/objective.js';
import type { ParityObjective, Plan } from '../domain/plan.js';
import {
  BOUNDS,
  CLASS_BUDGET,
  DEFAULT_TYPES,
  KIND_SECTIONS,
  SECTIONS,
  type NumberField,
} from './plan-fields.js';
import { PlanReader, below, type PlanFault } from './plan-reader.js';
import { readSteps } from './plan-steps.js';

/** A plan that may be used, or everything that is wrong with it at once. */
export type ParsedPlan =
  { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly faults: readonly PlanFault[] };

const TYPE = /^[A-Za-z0-9._-]{1,64}$/;

/** Reads a plan from what a YAML or JSON parser made of its file. Never throws; what is absent gets its default. */
export function parsePlan(value: unknown): ParsedPlan {
  const reader = new PlanReader();
  const plan = readPlan(reader, value);
  return reader.faults.length === 0 ? { ok: true, plan: frozen(plan) } : { ok: false, faults: reader.faults };
}

function readPlan(reader: PlanReader, value: unknown): Plan {
  if (value === undefined || value === null)
    reader.fault('', 'The plan is empty.', 'Give at least version and steps.');
  const top = reader.section(value ?? undefined, '', [
    'version',
    'name',
    'types',
    ...Object.keys(SECTIONS),
    'steps',
  ]);
  if (top['version'] !== 1) reader.fault('version', 'This version is not known.', 'Write version: 1.');
  return {
    version: 1,
    name: reader.text(top['name'], 'name', BOUNDS.nameChars, 'crossfade'),
    types: readTypes(reader, top['types']),
    parity: readParity(reader, top['parity']),
    lag: { ...readNumbers(reader, top, 'lag'), kind: readKind(reader, top, 'lag') },
    age: { ...readNumbers(reader, top, 'age'), kind: readKind(reader, top, 'age') },
    gaps: { ...readNumbers(reader, top, 'gaps'), kind: readKind(reader, top, 'gaps') },
    resyncs: { ...readNumbers(reader, top, 'resyncs'), kind: readKind(reader, top, 'resyncs') },
    delivery: readNumbers(reader, top, 'delivery'),
    instrument: readNumbers(reader, top, 'instrument'),
    flags: readNumbers(reader, top, 'flags'),
    coverage: readNumbers(reader, top, 'coverage'),
    confidence: readNumbers(reader, top, 'confidence'),
    rollBack: readNumbers(reader, top, 'rollBack'),
    approvals: readNumbers(reader, top, 'approvals'),
    retire: readNumbers(reader, top, 'retire'),
    steps: readSteps(reader, top['steps']),
  };
}

type Sections = typeof SECTIONS;
type Top = Readonly<Record<string, unknown>>;

function readNumbers<Name extends keyof Sections>(
  reader: PlanReader,
  top: Top,
  name: Name,
): Record<keyof Sections[Name], number> {
  const fields: Readonly<Record<string, NumberField>> = SECTIONS[name];
  const extra = name === 'parity' ? ['classBudgets'] : isKindSection(name) ? ['kind'] : [];
  const section = reader.section(top[name], name, [...Object.keys(fields), ...extra]);
  const numbers = Object.entries(fields).map(([key, field]) => [
    key,
    reader.number(section[key], below(name, key), field),
  ]);
  return Object.fromEntries(numbers) as Record<keyof Sections[Name], number>;
}

function readKind(reader: PlanReader, top: Top, name: (typeof KIND_SECTIONS)[number]): ObjectiveKind {
  const section = top[name];
  // That it is no section has been said when its numbers were read.
  if (typeof section !== 'object' || section === null) return 'signal';
  return reader.choice((section as Top)['kind'], below(name, 'kind'), OBJECTIVE_KINDS, 'signal');
}

function isKindSection(name: string): boolean {
  return (KIND_SECTIONS as readonly string[]).includes(name);
}

function readParity(reader: PlanReader, value: unknown): ParityObjective {
  const numbers = readNumbers(reader, { parity: value }, 'parity');
  const given = typeof value === 'object' && value !== null ? (value as Top)['classBudgets'] : undefined;
  const section = reader.section(given, 'parity.classBudgets', MISMATCH_CLASSES);
  const classBudgets: Partial<Record<MismatchClass, number>> = { missing_in_legacy: CLASS_BUDGET.default };
  for (const outcome of MISMATCH_CLASSES) {
    const budget = section[outcome];
    if (budget !== undefined) {
      classBudgets[outcome] = reader.number(budget, `parity.classBudgets.${outcome}`, CLASS_BUDGET);
    }
  }
  return { ...numbers, classBudgets };
}

function readTypes(reader: PlanReader, value: unknown): readonly string[] {
  if (value === undefined) return DEFAULT_TYPES;
  const isType = (text: unknown): text is string => typeof text === 'string' && TYPE.test(text);
  return reader.texts(
    value,
    'types',
    BOUNDS.types,
    isType,
    'A type is 1 to 64 characters of [A-Za-z0-9._-].',
  );
}

function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

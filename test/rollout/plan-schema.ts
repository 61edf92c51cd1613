import { MISMATCH_CLASSES } from '../../src/domain/comparison.js';
import { OBJECTIVE_KINDS } from '../../src/domain/objective.js';
import { PROOFS } from '../../src/domain/plan.js';
import {
  BOUNDS,
  CLASS_BUDGET,
  DEFAULT_TYPES,
  GATE_FIELDS,
  KIND_SECTIONS,
  PERCENT,
  SECTIONS,
  type NumberField,
} from '../../src/rollout/plan-fields.js';

type Schema = Readonly<Record<string, unknown>>;

const number = ({ min, max, whole, help, ...field }: NumberField): Schema => ({
  type: whole ? 'integer' : 'number',
  minimum: min,
  maximum: max,
  default: field.default,
  description: help,
});

const numbers = (fields: Readonly<Record<string, NumberField>>): Record<string, Schema> =>
  Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, number(field)]));

const object = (properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...more,
});

const classBudgets = object(
  Object.fromEntries(
    MISMATCH_CLASSES.map((outcome) => [
      outcome,
      outcome === 'missing_in_legacy'
        ? number(CLASS_BUDGET)
        : { type: 'number', minimum: CLASS_BUDGET.min, maximum: CLASS_BUDGET.max },
    ]),
  ),
  { description: CLASS_BUDGET.help },
);

const kind: Schema = {
  enum: OBJECTIVE_KINDS,
  default: 'signal',
  description: 'guard: proven harm rolls back. signal: a breach holds until it has recovered.',
};

function section(name: keyof typeof SECTIONS): Schema {
  const fields: Record<string, Schema> = numbers(SECTIONS[name]);
  if (name === 'parity') fields['classBudgets'] = classBudgets;
  if ((KIND_SECTIONS as readonly string[]).includes(name)) fields['kind'] = kind;
  return object(fields);
}

const uids: Schema = {
  type: 'array',
  minItems: 1,
  maxItems: BOUNDS.canaries,
  uniqueItems: true,
  items: { type: 'string', pattern: '^[A-Za-z0-9._@|+-]{1,128}$' },
};

const { minimum, maximum } = number(PERCENT);
const percent: Schema = { type: 'integer', minimum, maximum };

const step = object(
  {
    canaries: { ...uids, description: 'Users who are compared, whatever the percentage.' },
    serveCanaries: { ...uids, description: 'Users who are served from Redis, whatever the percentage.' },
    compare: { ...percent, description: 'Percent of users whose two sources are compared.' },
    serve: { ...percent, description: 'Percent of users who are served from Redis.' },
    ...numbers(GATE_FIELDS),
    approval: { enum: ['required', 'none'], default: 'none', description: 'Whether a person must say yes.' },
    proof: {
      enum: PROOFS,
      default: 'users',
      description:
        'What must be shown: nothing, a rate of comparisons below its budget, or that of users too.',
    },
  },
  { oneOf: ['canaries', 'serveCanaries', 'compare', 'serve'].map((key) => ({ required: [key] })) },
);

/** The JSON Schema of a plan's file, made from the same tables that the plan is read by. */
export function planSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Crossfade plan',
    description: 'The steps of a rollout, what must be so before each next one, and what counts as harm.',
    ...object(
      {
        version: { const: 1 },
        name: { type: 'string', minLength: 1, maxLength: BOUNDS.nameChars, default: 'crossfade' },
        types: {
          type: 'array',
          minItems: 1,
          maxItems: BOUNDS.types,
          uniqueItems: true,
          items: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
          default: DEFAULT_TYPES,
          description: 'The event types that both sources carry.',
        },
        ...Object.fromEntries(
          Object.keys(SECTIONS).map((name) => [name, section(name as keyof typeof SECTIONS)]),
        ),
        steps: { type: 'array', minItems: 1, maxItems: BOUNDS.steps, items: step },
      },
      { required: ['version', 'steps'] },
    ),
  };
}

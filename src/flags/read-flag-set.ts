import { FLAG_NAMES, type Flag } from '../domain/flag.js';
import { isJsonObject, type JsonObject } from '../domain/user-event.js';
import type { FlagConstraint, FlagDefinition, FlagSegment, FlagSet, FlagStrategy } from './flag-set.js';

/** What was read as a set of flags, or everything that keeps it from being one, each with its cure. */
export type FlagReading = { readonly set: FlagSet } | { readonly problems: readonly string[] };

/** What unleash-client can decide by; any other operator would silently be nobody. */
const OPERATORS = new Set(
  (
    'IN NOT_IN STR_ENDS_WITH STR_STARTS_WITH STR_CONTAINS NUM_EQ NUM_GT NUM_GTE NUM_LT NUM_LTE DATE_AFTER ' +
    'DATE_BEFORE SEMVER_EQ SEMVER_GT SEMVER_LT SEMVER_GTE SEMVER_LTE REGEX IN_CIDR'
  ).split(' '),
);

/**
 * Picks the two flags out of an answer in Unleash's client-features format. Only the shape is judged here,
 * and only that of the two flags; a flag that is off is not looked into, so that off always works.
 */
export function readFlagSet(value: unknown): FlagReading {
  if (!isJsonObject(value) || !Array.isArray(value['features'])) {
    return {
      problems: ['There is no list of features: give {"version": 2, "features": […]} as Unleash does.'],
    };
  }
  const problems: string[] = [];
  const say = (problem: string): void => void problems.push(problem);
  const features = value['features'].filter(isJsonObject);
  const flags = {
    compare: readFlag('compare', features, say),
    serve: readFlag('serve', features, say),
  };
  const segments = readSegments(value['segments'], flags, say);
  return problems.length > 0 ? { problems } : { set: { flags, segments } };
}

type Say = (problem: string) => void;

const OFF: FlagDefinition = { enabled: false, strategies: [] };

function readFlag(flag: Flag, features: readonly JsonObject[], say: Say): FlagDefinition {
  const name = FLAG_NAMES[flag];
  const [feature, second] = features.filter((candidate) => candidate['name'] === name);
  if (feature === undefined) {
    say(`${name} is missing: create it with \`crossfade flags init\`, and let the token see its project.`);
    return OFF;
  }
  if (second !== undefined) say(`${name} is there twice: keep one of them.`);
  if (feature['enabled'] === false) return OFF;
  if (feature['enabled'] !== true) {
    say(`${name} is neither on nor off: give "enabled" as true or false.`);
    return OFF;
  }
  if (Array.isArray(feature['dependencies']) && feature['dependencies'].length > 0) {
    say(`${name} depends on another flag, which would narrow it unseen: remove the dependency.`);
  }
  const { strategies } = feature;
  if (!Array.isArray(strategies)) {
    say(`${name} has no list of strategies: give it one flexibleRollout strategy.`);
    return OFF;
  }
  return { enabled: true, strategies: strategies.map((strategy) => readStrategy(name, strategy, say)) };
}

function readStrategy(name: string, value: unknown, say: Say): FlagStrategy {
  const strategy = isJsonObject(value) ? value : {};
  if (strategy['disabled'] === true) {
    say(`${name} has a strategy marked disabled, which unleash-client would obey all the same: remove it.`);
  }
  const segments = listOf(strategy['segments']);
  if (!segments.every((id) => typeof id === 'number'))
    say(`${name} names segments by something else than a number: use their ids.`);
  return {
    name: typeof strategy['name'] === 'string' ? strategy['name'] : '',
    parameters: isJsonObject(strategy['parameters']) ? strategy['parameters'] : {},
    constraints: readConstraints(name, strategy['constraints'], say),
    segments: segments.filter((id) => typeof id === 'number'),
  };
}

function readSegments(value: unknown, flags: FlagSet['flags'], say: Say): FlagSegment[] {
  const strategies = [...flags.compare.strategies, ...flags.serve.strategies];
  const wanted = new Set(strategies.flatMap((strategy) => strategy.segments));
  const known = listOf(value).filter(isJsonObject);
  return [...wanted].map((id) => {
    const segment = known.find((candidate) => candidate['id'] === id);
    if (segment === undefined)
      say(`Segment ${id} is used but not defined, which would be nobody: add it, or drop it from the flags.`);
    return { id, constraints: readConstraints(`segment ${id}`, segment?.['constraints'], say) };
  });
}

function readConstraints(where: string, value: unknown, say: Say): FlagConstraint[] {
  if (value !== undefined && value !== null && !Array.isArray(value))
    say(`The constraints of ${where} are no list: give a list.`);
  return listOf(value).map((item) => {
    const constraint = readConstraint(item);
    if (constraint !== undefined) return constraint;
    say(
      `A constraint of ${where} cannot be read: it needs contextName, a known operator, and values or a value.`,
    );
    return { contextName: '', operator: '', inverted: false, caseInsensitive: false, values: [] };
  });
}

function readConstraint(item: unknown): FlagConstraint | undefined {
  if (!isJsonObject(item)) return undefined;
  const { contextName, operator, value } = item;
  const values = item['values'] ?? [];
  if (typeof contextName !== 'string' || contextName === '') return undefined;
  if (typeof operator !== 'string' || !OPERATORS.has(operator)) return undefined;
  if (!Array.isArray(values) || !values.every((each) => typeof each === 'string')) return undefined;
  const constraint = {
    contextName,
    operator,
    inverted: item['inverted'] === true,
    caseInsensitive: item['caseInsensitive'] === true,
    values,
  };
  return typeof value === 'string' || typeof value === 'number' ? { ...constraint, value } : constraint;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

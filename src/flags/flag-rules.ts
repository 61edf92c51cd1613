import { FLAG_GROUP_ID, FLAG_NAMES, type Flag } from '../domain/flag.js';
import type { FlagConstraint, FlagDefinition, FlagSet, FlagStrategy } from './flag-set.js';

/** What one flag comes to, once it holds no surprise. */
export interface FlagRule {
  readonly enabled: boolean;
  /** what the rollout strategy stands at; 0 where the flag is off or only names canaries */
  readonly percent: number;
  /** uids that are in whatever the percentage */
  readonly canaries: readonly string[];
  /** the rollout has constraints or segments besides, so that its percentage is one of fewer users */
  readonly constrained: boolean;
}

export type FlagRules = Readonly<Record<Flag, FlagRule>>;

/** Either the rules of a set of flags, or all that would surprise in it, each with its cure. */
export type Judgement = { readonly rules: FlagRules } | { readonly problems: readonly string[] };

/** Refuses flags that would surprise: what is refused is never in force. Pure. */
export function judgeFlags({ flags }: FlagSet): Judgement {
  const problems: string[] = [];
  const say = (problem: string): void => void problems.push(problem);
  const rules = { compare: ruleOf('compare', flags.compare, say), serve: ruleOf('serve', flags.serve, say) };
  // What holds between the two is judged only where each is sound by itself; off is always allowed.
  if (problems.length === 0 && rules.compare.enabled && rules.serve.enabled) judgeBoth(flags, rules, say);
  return problems.length > 0 ? { problems } : { rules };
}

/** Whether serve has reached everybody, so that legacy may be closed. */
export function isFull(rule: FlagRule): boolean {
  return rule.enabled && rule.percent === 100 && !rule.constrained;
}

type Say = (problem: string) => void;

const KEEP_ONE =
  'keep one flexibleRollout, and at most one more that only names canaries by userId IN (at 100 %).';

function ruleOf(flag: Flag, definition: FlagDefinition, say: Say): FlagRule {
  const name = FLAG_NAMES[flag];
  const { enabled, strategies } = definition;
  const off = { enabled, percent: 0, canaries: [], constrained: false };
  if (!enabled) return off;
  if (strategies.length === 0) {
    say(
      `${name} is on without a strategy, which is on for everybody: add a flexibleRollout, or switch it off.`,
    );
    return off;
  }
  const canaryLists = strategies.filter(isCanaryList);
  const others = strategies.filter((strategy) => !isCanaryList(strategy));
  if (others.length > 1 || canaryLists.length > 1) {
    say(`${name} has ${strategies.length} strategies, any of which lets a user in: ${KEEP_ONE}`);
    return off;
  }
  const canaries = (canaryLists[0]?.constraints[0]?.values ?? [])
    .map((uid) => uid.trim())
    .filter((uid) => uid !== '');
  const [rollout] = others;
  if (rollout === undefined) return { ...off, canaries };
  return {
    enabled,
    percent: percentOf(name, rollout, say),
    canaries,
    constrained: rollout.constraints.length > 0 || rollout.segments.length > 0,
  };
}

/** A strategy that lets in the users it names and nobody else, whatever their bucket. */
function isCanaryList(strategy: FlagStrategy): boolean {
  const [constraint, second] = strategy.constraints;
  if (constraint === undefined || second !== undefined || strategy.segments.length > 0) return false;
  if (constraint.contextName !== 'userId' || constraint.operator !== 'IN' || constraint.inverted)
    return false;
  if (strategy.name === 'default') return true;
  const { rollout, stickiness } = strategy.parameters;
  // At 100 % the group does not matter; a stickiness that is not the user's would still leave users out.
  return (
    strategy.name === 'flexibleRollout' &&
    wholePercent(rollout) === 100 &&
    (stickiness === 'userId' || stickiness === 'default')
  );
}

function percentOf(name: string, { name: strategy, parameters }: FlagStrategy, say: Say): number {
  if (strategy !== 'flexibleRollout') {
    say(`${name} has the strategy ${quoted(strategy)}: ${KEEP_ONE}`);
    return 0;
  }
  const { rollout, stickiness, groupId } = parameters;
  if (stickiness !== 'userId')
    say(
      `${name} sticks to ${quoted(stickiness)}, so that users would jump between sources: set stickiness to userId.`,
    );
  if (groupId !== FLAG_GROUP_ID)
    say(
      `${name} has the groupId ${quoted(groupId)}, so that the two flags pick different users: set groupId to ${FLAG_GROUP_ID}.`,
    );
  const percent = wholePercent(rollout);
  if (percent === undefined)
    say(`${name} has the rollout ${quoted(rollout)}: set a whole percentage from 0 to 100.`);
  return percent ?? 0;
}

/** A rollout as Unleash writes it (a string) or as people do (a number), or undefined where it is not whole. */
export function wholePercent(rollout: unknown): number | undefined {
  if (typeof rollout !== 'string' && typeof rollout !== 'number') return undefined;
  return /^(?:100|[1-9]?\d)$/.test(String(rollout)) ? Number(rollout) : undefined;
}

function judgeBoth(flags: FlagSet['flags'], { compare, serve }: FlagRules, say: Say): void {
  const fences = [fence(flags.compare), fence(flags.serve)];
  if (!fences.includes(undefined) && fences[0] !== fences[1])
    say(
      'The constraints or segments of the two flags differ, so that users would be served without being compared: give both rollouts the same.',
    );
  // Only once everybody is served may comparing be taken away: that is the retirement.
  if (isFull(serve)) return;
  if (serve.percent > compare.percent)
    say(
      `${FLAG_NAMES.serve} stands at ${serve.percent} % and ${FLAG_NAMES.compare} at ${compare.percent} %: raise compare to ${serve.percent} first, or lower serve.`,
    );
  if (isFull(compare)) return;
  const compared = new Set(compare.canaries);
  const strangers = serve.canaries.filter((uid) => !compared.has(uid)).length;
  if (strangers > 0)
    say(
      `${FLAG_NAMES.serve} names ${strangers} canaries whom ${FLAG_NAMES.compare} does not: name the same canaries on both flags.`,
    );
}

/** What fences a flag's rollout in, equal for equal fences in whatever order; undefined where only canaries are named. */
function fence({ strategies }: FlagDefinition): string | undefined {
  const rollout = strategies.find((strategy) => !isCanaryList(strategy));
  if (rollout === undefined) return undefined;
  const constraints = rollout.constraints.map(constraintKey).sort();
  const segments = [...rollout.segments].sort((a, b) => a - b);
  return JSON.stringify([constraints, segments]);
}

function constraintKey(constraint: FlagConstraint): string {
  return JSON.stringify({ ...constraint, values: [...constraint.values].sort() });
}

/** What a stranger wrote, short and on one line. */
function quoted(value: unknown): string {
  if (value === undefined) return 'none';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

import { CrossfadeError } from '../domain/errors.js';
import type { Source } from '../domain/source.js';
import type { JsonObject } from '../domain/user-event.js';
import { isPath, Leniency, type EqualBy } from './path.js';

/** How one type, or all types that begin alike, are compared. What is left out keeps the contract's default. */
export interface RuleSettings {
  /** a type, or the beginning of types followed by `*`; the longest that fits applies */
  readonly type: string;
  /** `list`: the whole list as converged state; `event`: one to one; `not`: legacy does not have it */
  readonly compare?: 'list' | 'event' | 'not';
  /** lists: the payload's key of the items */
  readonly items?: string;
  /** lists: the item's key of its id; events: the paths that together identify one, below the envelope */
  readonly identity?: string | readonly string[];
  /** paths that may differ: below an item, a chat message, or else the envelope */
  readonly ignore?: readonly string[];
  /** paths that are equal where the function gives the same */
  readonly equalBy?: Readonly<Record<string, EqualBy>>;
  /** how long a partner is awaited, and how long a list may take to come right; 1 to 600,000 ms */
  readonly windowMs?: number;
  /** lists: how long both sides must have been quiet; 0 to 600,000 ms */
  readonly settleMs?: number;
  /** lists: legacy repeats the list this often while it is not empty, and is silent when it is; 0: says every change */
  readonly legacyRepeatMs?: number;
  /** one user in so many is compared, always the same ones; 1 to 1,000,000 */
  readonly sampleOneIn?: number;
  /** Turns a payload of one's own into the contract's form; undefined: legacy never shows this one. Must be pure. */
  readonly normalise?: (payload: JsonObject, source: Source) => JsonObject | undefined;
}

/** A rule with nothing left open. */
export interface Rule {
  readonly type: string;
  readonly compare: 'list' | 'event' | 'not';
  readonly items: string;
  readonly itemId: string;
  readonly identity: readonly string[] | undefined;
  readonly leniency: Leniency | undefined;
  readonly windowMs: number;
  readonly settleMs: number;
  readonly legacyRepeatMs: number;
  readonly sampleOneIn: number;
  readonly normalise: RuleSettings['normalise'];
  /** it runs functions of the host's own */
  readonly runsCode: boolean;
}

/** The contract: lists by `doc_id`, chats by message id, and nothing else exists in legacy. */
export const DEFAULT_RULES: readonly RuleSettings[] = [
  { type: 'notif.sync', compare: 'list', items: 'notifications', identity: 'doc_id' },
  { type: 'msg.sync', compare: 'list', items: 'messages', identity: 'doc_id', legacyRepeatMs: 5_000 },
  // The publisher marks a message read while it publishes it.
  { type: 'chat.message', compare: 'event', ignore: ['read'] },
  { type: '*', compare: 'not' },
];

const WINDOW_MS = 5_000;
const SETTLE_MS = 2_000;
const MAX_MS = 600_000;
const CHAT_TYPE = 'chat.message';
const TYPE_PATTERN = /^(?:[A-Za-z0-9_.-]+\*?|\*)$/;

/** Finds the rule of a type; the answers are remembered, for so many types. */
export class Rules {
  private readonly known = new Map<string, Rule>();
  /** from the longest beginning to the shortest */
  private readonly byLength: readonly Rule[];

  /** @throws CrossfadeError `invalid_rules` for a rule that cannot be */
  constructor(settings: readonly RuleSettings[] = [], defaults: readonly RuleSettings[] = DEFAULT_RULES) {
    refuseTwins(settings);
    const byType = new Map(defaults.map((each) => [each.type, each]));
    for (const each of settings) byType.set(each.type, { ...byType.get(each.type), ...each });
    this.byLength = [...byType.values()]
      .map(compiled)
      .sort((a, b) => specificity(b.type) - specificity(a.type));
  }

  ruleOf(type: string): Rule {
    const known = this.known.get(type);
    if (known !== undefined) return known;
    const rule = this.byLength.find((each) => fits(each.type, type)) ?? NOT_COMPARED;
    if (this.known.size < MAX_KNOWN) this.known.set(type, rule);
    return rule;
  }

  all(): readonly Rule[] {
    return this.byLength;
  }
}

const MAX_KNOWN = 1_000;

function fits(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

/** A whole type before every beginning of it. */
function specificity(pattern: string): number {
  return pattern.endsWith('*') ? pattern.length : pattern.length + 1;
}

function compiled(settings: RuleSettings): Rule {
  check(settings);
  const { identity, ignore = [], equalBy = {} } = settings;
  const compare = settings.compare ?? 'event';
  const lenient = ignore.length > 0 || Object.keys(equalBy).length > 0;
  return Object.freeze({
    type: settings.type,
    compare,
    items: settings.items ?? '',
    itemId: typeof identity === 'string' ? identity : 'doc_id',
    identity: compare === 'event' && identity !== undefined ? [identity].flat() : undefined,
    leniency: lenient ? new Leniency(ignore, equalBy) : undefined,
    windowMs: settings.windowMs ?? WINDOW_MS,
    settleMs: settings.settleMs ?? SETTLE_MS,
    legacyRepeatMs: settings.legacyRepeatMs ?? 0,
    sampleOneIn: settings.sampleOneIn ?? 1,
    normalise: settings.normalise,
    runsCode: settings.normalise !== undefined || Object.keys(equalBy).length > 0,
  });
}

const NOT_COMPARED: Rule = compiled({ type: '*', compare: 'not' });

function check(rule: RuleSettings): void {
  const { type, compare = 'event', identity, items } = rule;
  if (!TYPE_PATTERN.test(type))
    throw invalid(type, 'is no type.', 'Write a type such as workflow.step_update, or workflow.*');
  if (!['list', 'event', 'not'].includes(compare))
    throw invalid(type, `compares as ${compare}.`, 'Write list, event or not.');
  if (compare === 'list' && (items === undefined || items === '' || Array.isArray(identity)))
    throw invalid(
      type,
      'is a list without items.',
      'Give the payload key of its items, and one key as identity.',
    );
  if (type === CHAT_TYPE && identity !== undefined)
    throw invalid(
      type,
      'has an identity of its own.',
      'Leave identity out: a chat message is known by its id.',
    );
  checkPaths(rule);
  checkNumber(rule, 'windowMs', 1, MAX_MS);
  checkNumber(rule, 'settleMs', 0, MAX_MS);
  checkNumber(rule, 'legacyRepeatMs', 0, MAX_MS);
  checkNumber(rule, 'sampleOneIn', 1, 1_000_000);
}

function checkPaths({ type, identity, ignore = [], equalBy = {} }: RuleSettings): void {
  const paths = [...ignore, ...Object.keys(equalBy), ...(identity === undefined ? [] : [identity].flat())];
  for (const path of paths)
    if (!isPath(path))
      throw invalid(type, `has the path "${path}".`, 'Write names joined by dots, * for any: payload.a.*.b');
}

function checkNumber(
  rule: RuleSettings,
  name: 'windowMs' | 'settleMs' | 'legacyRepeatMs' | 'sampleOneIn',
  least: number,
  most: number,
): void {
  const value = rule[name] ?? least;
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw invalid(rule.type, `has ${name} ${value}.`, `Give a whole number from ${least} to ${most}.`);
}

function refuseTwins(settings: readonly RuleSettings[]): void {
  const seen = new Set<string>();
  for (const { type } of settings) {
    if (seen.has(type)) throw invalid(type, 'is there twice.', 'Leave one of the two rules.');
    seen.add(type);
  }
}

function invalid(type: string, problem: string, cure: string): CrossfadeError {
  return new CrossfadeError('invalid_rules', `The comparison rule for "${type}" ${problem}`, cure);
}

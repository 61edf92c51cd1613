import { CrossfadeError } from '../domain/errors.js';
import { isPath } from './path.js';
import type { RuleSettings } from './rule-settings.js';

const MAX_MS = 600_000;
const CHAT_TYPE = 'chat.message';
const TYPE_PATTERN = /^(?:[A-Za-z0-9_.-]+\*?|\*)$/;
const KEY = /^[A-Za-z0-9_-]+$/;

/** @throws CrossfadeError `invalid_rules` for a rule that cannot be, with the cure */
export function checkRule(rule: RuleSettings): void {
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
  if (compare === 'list' && typeof identity === 'string' && !KEY.test(identity))
    throw invalid(type, `has the identity "${identity}".`, 'Give the one key of an item that holds its id.');
  if (type === CHAT_TYPE && identity !== undefined)
    throw invalid(
      type,
      'has an identity of its own.',
      'Leave identity out: a chat message is known by its id.',
    );
  checkNames(rule);
  checkPaths(rule);
  checkNumber(rule, 'windowMs', 1, MAX_MS);
  checkNumber(rule, 'settleMs', 0, MAX_MS);
  checkNumber(rule, 'legacyRepeatMs', 0, MAX_MS);
  checkNumber(rule, 'sampleOneIn', 1, 1_000_000);
}

const NAMES: Readonly<Record<keyof RuleSettings, true>> = {
  ...{ type: true, compare: true, items: true, identity: true, ignore: true, equalBy: true },
  ...{ windowMs: true, settleMs: true, legacyRepeatMs: true, sampleOneIn: true, normalise: true },
};

/** For whoever writes settings without a compiler: a misspelt name would change nothing, and say nothing. */
function checkNames(rule: RuleSettings): void {
  for (const name of Object.keys(rule))
    if (!Object.hasOwn(NAMES, name))
      throw invalid(
        rule.type,
        `has "${name}", which is nothing.`,
        `Write one of ${Object.keys(NAMES).join(', ')}.`,
      );
  for (const each of [rule.normalise ?? Number, ...Object.values(rule.equalBy ?? {})] as unknown[])
    if (typeof each !== 'function')
      throw invalid(rule.type, 'has a normalise or equalBy that is no function.', 'Give functions.');
}

function checkPaths({ type, identity, ignore = [], equalBy = {} }: RuleSettings): void {
  const paths = [...ignore, ...Object.keys(equalBy), ...(identity === undefined ? [] : [identity].flat())];
  for (const path of paths)
    if (!isPath(path))
      throw invalid(type, `has the path "${path}".`, 'Write names joined by dots, * for any: payload.a.*.b');
  for (const path of [identity ?? []].flat())
    if (path.includes('*'))
      throw invalid(type, `has the identity "${path}".`, 'Write paths without *: one value each.');
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

/** @throws CrossfadeError `invalid_rules` where two rules are for one type */
export function refuseTwins(settings: readonly RuleSettings[]): void {
  const seen = new Set<string>();
  for (const { type } of settings) {
    if (seen.has(type)) throw invalid(type, 'is there twice.', 'Leave one of the two rules.');
    seen.add(type);
  }
}

function invalid(type: string, problem: string, cure: string): CrossfadeError {
  return new CrossfadeError('invalid_rules', `The comparison rule for "${type}" ${problem}`, cure);
}

import { checkRule, refuseTwins } from './check-rule.js';
import { Leniency } from './path.js';
import type { RuleSettings } from './rule-settings.js';

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
  checkRule(settings);
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

import { CrossfadeError } from '../domain/errors.js';
import type { RuleSettings } from './rule-settings.js';

/** What may be set of a comparer; every bound has a default that needs no thought. */
export interface ComparingSettings {
  /** rules beside the contract's; one of the same type changes only what it names */
  readonly rules?: readonly RuleSettings[];
  /** how long a decided event is remembered, to tell copies and late partners; ms, default 60,000 */
  readonly rememberMs?: number;
  /** how long a loss is held back in case it turns out to be a gap: at least the longest time for which a dead
   * link goes unnoticed; ms, default 10,000 */
  readonly confirmMs?: number;
  /** arrivals that may wait to be looked at, default 10,000; beyond it the oldest comparison is dropped */
  readonly maxQueued?: number;
  /** list items that may wait to be looked at, default 100,000 */
  readonly maxQueuedItems?: number;
  /** events of one type and topic that may wait for their partner, default 1,000 */
  readonly maxPendingPerTopic?: number;
  /** events that may wait for their partner in all, default 100,000 */
  readonly maxPending?: number;
  /** list items that are held in all, as digests, default 1,000,000 */
  readonly maxItems?: number;
  /** users in the sums, default 100,000 */
  readonly maxUsers?: number;
  /** mismatches that are kept of each class and type, default 20 */
  readonly samplesPerKind?: number;
  /** whether samples carry the values that differ, default false */
  readonly sampleValues?: boolean;
  /** names of fields whose values are never shown; default: those that carry people's own words */
  readonly redact?: readonly string[];
  /** mixed into the hash of a uid; the same on every replica */
  readonly salt?: string;
}

export type ComparingBounds = Readonly<Required<Omit<ComparingSettings, 'rules'>>>;

const DEFAULTS: ComparingBounds = {
  rememberMs: 60_000,
  confirmMs: 10_000,
  maxQueued: 10_000,
  maxQueuedItems: 100_000,
  maxPendingPerTopic: 1_000,
  maxPending: 100_000,
  maxItems: 1_000_000,
  maxUsers: 100_000,
  samplesPerKind: 20,
  sampleValues: false,
  redact: ['message', 'content', 'file_name', 'collection_name', 'info_message', 'additional_info'],
  salt: '',
};

const NUMBERS = [
  ['rememberMs', 0, 3_600_000],
  ['confirmMs', 0, 600_000],
  ['maxQueued', 1, 10_000_000],
  ['maxQueuedItems', 1, 100_000_000],
  ['maxPendingPerTopic', 1, 1_000_000],
  ['maxPending', 1, 100_000_000],
  ['maxItems', 1, 100_000_000],
  ['maxUsers', 0, 10_000_000],
  ['samplesPerKind', 0, 1_000],
] as const;

/** Fills in the defaults. @throws CrossfadeError `invalid_settings` for a bound that cannot be */
export function comparingBounds(settings: ComparingSettings): ComparingBounds {
  const bounds = { ...DEFAULTS, ...settings };
  for (const [name, least, most] of NUMBERS) {
    const value = bounds[name];
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    throw new CrossfadeError(
      'invalid_settings',
      `The comparison's ${name} is ${value}.`,
      `Give a whole number from ${least} to ${most}.`,
    );
  }
  return bounds;
}

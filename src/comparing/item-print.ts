import { canonicalField, canonicalItem, sameItem } from '../domain/canonical-item.js';
import { digestValue, sameValue } from '../domain/canonical-value.js';
import { addDigest, digestPair, digestText, type Digest } from '../domain/digest.js';
import { isJsonObject, type JsonObject } from '../domain/user-event.js';
import type { Leniency } from './path.js';

const FIELDS: readonly string[] = [
  'message',
  'file_name',
  'collection_id',
  'collection_name',
  'url',
  'status',
  'read',
  'doc_id',
  'job_id',
  'file_id',
  'function_name',
  'additional_info',
  'info_message',
];
const FIELD_NUMBERS: ReadonlyMap<string, number> = new Map(FIELDS.map((name, n) => [name, n]));
// Each field has a seed of its own, so that a value that moves to another field is a difference.
const FIELD_SEEDS: readonly Digest[] = FIELDS.map((name) => digestText(name));

interface ItemDigests {
  readonly whole: Digest;
  /** of the contract's own fields, in its order; 0 where absent */
  readonly fields: readonly Digest[];
  /** of the fields that the contract does not name */
  readonly others: ReadonlyMap<string, Digest> | undefined;
}

/**
 * What is kept of an item: its letters while there is room for them, then digests, a quarter of the room. Letters are
 * held against letters natively; digests are taken where one of two has nothing else, and once.
 */
export class ItemPrint {
  private letters: JsonObject | undefined;
  private taken: ItemDigests | undefined;

  constructor(item: JsonObject, leniency: Leniency | undefined) {
    // What runs the host's code runs it now, while an arrival is looked at: there it is timed, and may fail alone.
    this.letters = leniency?.runsCode === true ? undefined : ownCopy(item, MOST_LEVELS);
    if (this.letters === undefined) this.taken = digestsOf(item, leniency);
  }

  /** Whether two say the same: for certain where both have their letters, else but for chance. */
  isSame(other: ItemPrint, leniency: Leniency | undefined): boolean {
    if (this === other) return true;
    const { letters: a } = this;
    const { letters: b } = other;
    if (a === undefined || b === undefined)
      return this.digests(leniency).whole === other.digests(leniency).whole;
    return areSame(a, b, leniency);
  }

  /** Whether an item says the same. */
  isSaid(item: JsonObject, leniency: Leniency | undefined): boolean {
    if (this.letters !== undefined) return areSame(this.letters, item, leniency);
    return this.digests(leniency).whole === digestsOf(item, leniency).whole;
  }

  digest(leniency: Leniency | undefined): Digest {
    return this.digests(leniency).whole;
  }

  /** The names of the fields in which two differ. */
  differingFields(other: ItemPrint, leniency: Leniency | undefined): string[] {
    const a = this.digests(leniency);
    const b = other.digests(leniency);
    const names = FIELDS.filter((_name, n) => a.fields[n] !== b.fields[n]);
    for (const name of new Set([...(a.others?.keys() ?? []), ...(b.others?.keys() ?? [])]))
      if (a.others?.get(name) !== b.others?.get(name)) names.push(name);
    return names;
  }

  /** Keeps the digests alone. */
  dropLetters(leniency: Leniency | undefined): void {
    this.digests(leniency);
    this.letters = undefined;
  }

  private digests(leniency: Leniency | undefined): ItemDigests {
    return (this.taken ??= digestsOf(this.letters ?? {}, leniency));
  }
}

/** A field's value may be an object itself, as `additional_info` is on Redis; what is deeper is kept as digests. */
const MOST_LEVELS = 2;

/**
 * Whoever said an item may go on and change it: a backend may keep one list and hand over that again and again.
 * undefined where a copy would not be the same: a `Date` or another object with a class of its own.
 */
function ownCopy(said: JsonObject, levels: number): JsonObject | undefined {
  const made: unknown = Object.getPrototypeOf(said);
  if (made !== Object.prototype && made !== null) return undefined;
  const copy: Record<string, unknown> = { ...said };
  for (const name in copy) {
    const value = copy[name];
    if (typeof value !== 'object' || value === null) continue;
    const inner = levels > 1 && isJsonObject(value) ? ownCopy(value, levels - 1) : undefined;
    if (inner === undefined) return undefined;
    copy[name] = inner;
  }
  return copy;
}

function areSame(a: JsonObject, b: JsonObject, leniency: Leniency | undefined): boolean {
  return sameItem(a, b) || (leniency !== undefined && sameValue(lenient(a, leniency), lenient(b, leniency)));
}

function lenient(item: JsonObject, leniency: Leniency): JsonObject {
  return leniency.applied(canonicalItem(item)) as JsonObject;
}

function digestsOf(item: JsonObject, leniency: Leniency | undefined): ItemDigests {
  const said = leniency === undefined ? item : lenient(item, leniency);
  const fields = new Array<Digest>(FIELDS.length).fill(0);
  let others: Map<string, Digest> | undefined;
  let whole: Digest = 0;
  for (const name in said) {
    const value = digestValue(leniency === undefined ? canonicalField(said, name) : said[name]);
    if (value === 0) continue;
    const number = FIELD_NUMBERS.get(name);
    if (number === undefined) (others ??= new Map<string, Digest>()).set(name, value);
    else fields[number] = value;
    const seed = number === undefined ? digestText(name) : (FIELD_SEEDS[number] ?? 0);
    whole = addDigest(whole, digestPair(seed, value));
  }
  return { whole, fields, others };
}

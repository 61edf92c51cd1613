import { isUid, type LegacyItem } from '../../index.js';
import { parseLeniently } from '../../tools.js';
import { MAX_LEGACY_ITEMS } from './gateway-limits.js';

/** One thing that the legacy side says. */
export type LegacyEntry =
  | {
      readonly kind: 'item';
      readonly uid: string;
      readonly item: LegacyItem;
      readonly key: string | undefined;
    }
  /** the bridge had to drop so many items of this user */
  | { readonly kind: 'lost'; readonly uid: string; readonly lost: number };

/** An entry that was not taken, by its place in the batch. */
export interface RefusedEntry {
  readonly index: number;
  readonly message: string;
}

export interface LegacyBatch {
  readonly entries: readonly LegacyEntry[];
  readonly refused: readonly RefusedEntry[];
}

const MAX_KEY_CHARACTERS = 128;

/** Reads the body of `POST /legacy/events`; a text is what is wrong with the whole of it. */
export function readLegacyBatch(body: string): LegacyBatch | string {
  const value = parseLeniently(body);
  if (value === undefined) return 'The body is no JSON. Send one entry or an array of them.';
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (all.length > MAX_LEGACY_ITEMS)
    return `The batch has ${all.length} entries. Send ${MAX_LEGACY_ITEMS} at most.`;
  const entries: LegacyEntry[] = [];
  const refused: RefusedEntry[] = [];
  all.forEach((each, index) => {
    const entry = entryOf(each);
    if (typeof entry === 'string') refused.push({ index, message: entry });
    else entries.push(entry);
  });
  return { entries, refused };
}

function entryOf(value: unknown): LegacyEntry | string {
  if (!isObject(value))
    return 'This is no object. Send {"uid": …, "item": …}, the item a tuple [listener, payload] or an envelope.';
  const { uid, item, key, lost } = value;
  if (!isUid(uid)) return 'uid is no uid. Give 1 to 128 characters of [A-Za-z0-9._@|+-].';
  if (lost !== undefined && item === undefined) return lostOf(uid, lost);
  if (key !== undefined && (typeof key !== 'string' || key === '' || key.length > MAX_KEY_CHARACTERS))
    return `key is no text of 1 to ${MAX_KEY_CHARACTERS} characters. Give one that no other item has, or leave it out.`;
  if (isTuple(item)) return { kind: 'item', uid, item, key };
  if (!isObject(item) || typeof item['type'] !== 'string' || item['type'] === '')
    return 'item is neither a tuple [listener, payload] nor an envelope with a type. Give one of them.';
  if (item['uid'] !== uid)
    return "item is an envelope of another uid. Give the envelope's own uid beside it.";
  return { kind: 'item', uid, item: { ...item, type: item['type'], uid }, key };
}

function lostOf(uid: string, lost: unknown): LegacyEntry | string {
  const isCount = typeof lost === 'number' && Number.isInteger(lost) && lost > 0;
  return isCount
    ? { kind: 'lost', uid, lost }
    : 'lost is no whole number above 0. Give how many items were dropped.';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTuple(item: unknown): item is readonly [string, Readonly<Record<string, unknown>>] {
  return (
    Array.isArray(item) &&
    item.length === 2 &&
    typeof item[0] === 'string' &&
    item[0] !== '' &&
    isObject(item[1])
  );
}

import { canonicalItem } from '../domain/canonical-item.js';
import { digestValue } from '../domain/canonical-value.js';
import { addDigest, digestPair, digestText, type Digest } from '../domain/digest.js';
import { listItems } from '../domain/list.js';
import type { JsonObject } from '../domain/user-event.js';
import type { Leniency } from './path.js';

/** What is kept of a list: digests, a tenth of the room that its items would take. */
export interface ListPrint {
  /** equal for lists that say the same; an empty list is 0 */
  readonly digest: Digest;
  readonly items: ReadonlyMap<string, ItemPrint>;
  /** the canonical items themselves, only where samples carry values */
  readonly values: ReadonlyMap<string, unknown> | undefined;
}

export interface ItemPrint {
  readonly digest: Digest;
  /** digests of the contract's own fields, in its order; 0 where absent */
  readonly fields: readonly Digest[];
  /** digests of the fields that the contract does not name */
  readonly others: ReadonlyMap<string, Digest> | undefined;
}

export const EMPTY_LIST: ListPrint = { digest: 0, items: new Map(), values: undefined };

/** Which part of a payload is the list, and what its rule holds to be equal. */
export interface ListShape {
  readonly items: string;
  readonly itemId: string;
  readonly leniency: Leniency | undefined;
}

/** Takes the print of a list; costs about a microsecond an item. */
export function listPrint(payload: JsonObject, shape: ListShape, keepValues: boolean): ListPrint {
  const items = new Map<string, ItemPrint>();
  const values = keepValues ? new Map<string, unknown>() : undefined;
  let digest: Digest = 0;
  for (const [key, item] of listItems(payload, shape.items, shape.itemId)) {
    const canonical = canonicalItem(item);
    const lenient = shape.leniency === undefined ? canonical : shape.leniency.applied(canonical);
    const print = itemPrint(lenient as JsonObject);
    items.set(key, print);
    values?.set(key, lenient);
    digest = addDigest(digest, digestPair(digestText(key), print.digest));
  }
  return { digest, items, values };
}

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

function itemPrint(item: JsonObject): ItemPrint {
  const fields = new Array<Digest>(FIELDS.length).fill(0);
  let others: Map<string, Digest> | undefined;
  let digest: Digest = 0;
  for (const name in item) {
    const value = digestValue(item[name]);
    if (value === 0) continue;
    const number = FIELD_NUMBERS.get(name);
    if (number === undefined) (others ??= new Map<string, Digest>()).set(name, value);
    else fields[number] = value;
    const seed = number === undefined ? digestText(name) : (FIELD_SEEDS[number] ?? 0);
    digest = addDigest(digest, digestPair(seed, value));
  }
  return { digest, fields, others };
}

/** The names of the fields in which two items differ. */
export function differingFields(a: ItemPrint, b: ItemPrint): string[] {
  const names = FIELDS.filter((_name, n) => a.fields[n] !== b.fields[n]);
  for (const name of new Set([...(a.others?.keys() ?? []), ...(b.others?.keys() ?? [])]))
    if (a.others?.get(name) !== b.others?.get(name)) names.push(name);
  return names;
}

import { canonicalItem } from './canonical-item.js';
import { digestValue } from './canonical-value.js';
import { addDigest, digestName, digestPair, digestText, type Digest } from './digest.js';
import type { Source } from './source.js';
import { timestampMicros } from './timestamp.js';
import { isJsonObject, type JsonObject } from './user-event.js';
import type { UserEvent } from './user-event.js';

/** The types that carry a user's whole list, and where in the payload its items are. */
export const LIST_ITEMS: ReadonlyMap<string, string> = new Map([
  ['notif.sync', 'notifications'],
  ['msg.sync', 'messages'],
]);

const LEGACY_REPEATS_MS = 5_000;

/**
 * Whether a list of legacy says nothing any more, milliseconds after it came: legacy says its messages again every
 * 5 s while there are any, and never says that there are none. One that is not repeated has become empty.
 */
export function isListOver(source: Source, type: string, agoMs: number): boolean {
  return source === 'legacy' && type === 'msg.sync' && agoMs > 2 * LEGACY_REPEATS_MS;
}

/** Whether an event carries a whole list, so that a later one stands for all earlier ones. */
export function isList(type: string): boolean {
  return LIST_ITEMS.has(type);
}

/**
 * The items by `doc_id`; where one comes twice the last stands, and one without is known by what it says.
 * A list that is absent or malformed is an empty one.
 */
export function listItems(payload: JsonObject, itemsKey: string, idKey = 'doc_id'): Map<string, JsonObject> {
  const items = new Map<string, JsonObject>();
  eachItem(payload, itemsKey, idKey, (key, item) => items.set(key, item));
  return items;
}

/** The same one by one, in the order in which they stand. */
export function eachItem(
  payload: JsonObject,
  itemsKey: string,
  idKey: string,
  take: (key: string, item: JsonObject) => void,
): void {
  const found = payload[itemsKey];
  if (!Array.isArray(found)) return;
  for (const each of found) {
    const item = asItem(each);
    take(itemKey(item, idKey), item);
  }
}

/** What stands in a list, as an item. */
export function asItem(each: unknown): JsonObject {
  return isJsonObject(each) ? each : { value: each };
}

/** By what an item is known. */
export function itemKey(item: JsonObject, idKey: string): string {
  const id = item[idKey];
  return (typeof id === 'string' && id !== '') || Number.isFinite(id)
    ? String(id)
    : `#${digestName(digestValue(canonicalItem(item)))}`;
}

/** When the list was read, microseconds of the clock of whoever read it; undefined where it does not say. */
export function listStampMicros(event: UserEvent): number | undefined {
  return timestampMicros(event.payload['timestamp']) ?? timestampMicros(event.envelope.timestamp);
}

/** Equal for lists that say the same, in whatever order and by whichever source; an empty list is 0. */
export function listDigest(event: UserEvent): Digest {
  let sum: Digest = 0;
  const itemsKey = LIST_ITEMS.get(event.type);
  if (itemsKey === undefined) return sum;
  for (const [key, item] of listItems(event.payload, itemsKey)) {
    sum = addDigest(sum, digestPair(digestText(key), digestValue(canonicalItem(item))));
  }
  return sum;
}

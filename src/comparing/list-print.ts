import { canonicalItem } from '../domain/canonical-item.js';
import type { Digest } from '../domain/digest.js';
import { asItem, eachItem, itemKey } from '../domain/list.js';
import type { JsonObject } from '../domain/user-event.js';
import { ItemPrint } from './item-print.js';
import type { Leniency } from './path.js';

/** Which part of a payload is the list, and what its rule holds to be equal. */
export interface ListShape {
  readonly items: string;
  readonly itemId: string;
  readonly leniency: Leniency | undefined;
}

/** What is kept of a list: its items by their ids. */
export class ListPrint {
  private readonly items = new Map<string, ItemPrint>();
  /** the canonical items themselves, only where samples carry values */
  readonly values: Map<string, unknown> | undefined;
  private readonly leniency: Leniency | undefined;

  constructor(payload: JsonObject, { items, itemId, leniency }: ListShape, keepValues: boolean) {
    const values = keepValues ? new Map<string, unknown>() : undefined;
    this.leniency = leniency;
    this.values = values;
    eachItem(payload, items, itemId, (key, item) => {
      this.items.set(key, new ItemPrint(item));
      if (values === undefined) return;
      const canonical = canonicalItem(item);
      values.set(key, leniency === undefined ? canonical : leniency.applied(canonical));
    });
  }

  get size(): number {
    return this.items.size;
  }

  keys(): Iterable<string> {
    return this.items.keys();
  }

  has(key: string): boolean {
    return this.items.has(key);
  }

  /** undefined where there is no such item */
  digest(key: string): Digest | undefined {
    return this.items.get(key)?.digest(this.leniency);
  }

  isSame(other: ListPrint): boolean {
    if (this === other) return true;
    if (this.size !== other.size) return false;
    for (const key of this.items.keys()) if (!this.isSameItem(key, other)) return false;
    return true;
  }

  /** Whether an item says the same in both, or is in neither. */
  isSameItem(key: string, other: ListPrint): boolean {
    const a = this.items.get(key);
    const b = other.items.get(key);
    if (a === undefined || b === undefined) return a === b;
    return a.isSame(b, this.leniency);
  }

  /**
   * Whether a payload says the same in the same order: for nearly all lists that say the same, without taking a print.
   * False may also mean another order.
   */
  isSaid(payload: JsonObject, { items, itemId }: ListShape): boolean {
    const found = payload[items];
    if (!Array.isArray(found) || found.length !== this.size) return false;
    let n = 0;
    for (const [key, item] of this.items) {
      const said = asItem(found[n++]);
      if (itemKey(said, itemId) !== key || !item.isSaid(said, this.leniency)) return false;
    }
    return true;
  }

  /** The names of the fields in which an item differs; empty where one of the two has none. */
  differingFields(key: string, other: ListPrint): string[] {
    const a = this.items.get(key);
    const b = other.items.get(key);
    return a === undefined || b === undefined ? [] : a.differingFields(b, this.leniency);
  }

  /** Keeps digests alone, a quarter of the room. */
  dropLetters(): void {
    for (const item of this.items.values()) item.dropLetters(this.leniency);
  }
}

export const EMPTY_LIST = new ListPrint({}, { items: '', itemId: '', leniency: undefined }, false);

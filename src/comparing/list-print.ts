import { canonicalItem } from '../domain/canonical-item.js';
import type { Digest } from '../domain/digest.js';
import { asItem, eachItem, itemKey } from '../domain/list.js';
import type { JsonObject } from '../domain/user-event.js';
import { ItemPrint } from './item-print.js';
import { lenient, type Leniency } from './path.js';

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
      this.items.set(key, new ItemPrint(item, leniency));
      values?.set(key, lenient(canonicalItem(item), leniency));
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
   * Holds a payload against it as far as both stand in the same order, without taking a print. `unclear`: in another
   * order, not as many, or judged by code of the host, which is run once. `different` is certain only where no item of the payload comes twice.
   */
  against(payload: JsonObject, { items, itemId }: ListShape): 'same' | 'different' | 'unclear' {
    const found = payload[items];
    if (!Array.isArray(found) || found.length !== this.size) return 'unclear';
    if (this.leniency?.runsCode === true) return 'unclear';
    let n = 0;
    for (const [key, item] of this.items) {
      const said = asItem(found[n++]);
      if (itemKey(said, itemId) !== key) return 'unclear';
      if (!item.isSaid(said, this.leniency)) return 'different';
    }
    return 'same';
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

/**
 * The print of what a source says now, or undefined where it says what it said before. Mostly the other source has said
 * it already: then theirs is the print, and none is taken.
 */
export function changedPrint(
  payload: JsonObject,
  before: ListPrint | undefined,
  others: ListPrint | undefined,
  shape: ListShape,
  keepValues: boolean,
): ListPrint | undefined {
  const other = others === before ? undefined : others;
  const beside = other?.against(payload, shape);
  if (other !== undefined && beside === 'same') return before?.isSame(other) === true ? undefined : other;
  const since = before?.against(payload, shape);
  if (since === 'same') return undefined;
  const print = new ListPrint(payload, shape, keepValues);
  const isNew = (old: ListPrint, found: ReturnType<ListPrint['against']> | undefined): boolean =>
    (found === 'different' && old.size === print.size) || !old.isSame(print);
  if (before !== undefined && !isNew(before, since)) return undefined;
  return other === undefined || isNew(other, beside) ? print : other;
}

export const EMPTY_LIST = new ListPrint({}, { items: '', itemId: '', leniency: undefined }, false);

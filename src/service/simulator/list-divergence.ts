import { PairCounts, type MismatchClass } from './simulator-counts.js';
import type { TruthItem } from './truth.js';

export interface ListDivergenceOptions {
  /** an item that comes right within this time was never wrong, milliseconds */
  readonly windowMs: number;
  readonly nowMs: () => number;
}

type ItemClass = Extract<MismatchClass, 'missing_in_redis' | 'missing_in_legacy' | 'different'>;

interface ListState {
  readonly type: string;
  /** what the publisher read last */
  truth: readonly TruthItem[];
  /** what a reader of Redis has: the newest list that really went out; undefined before the first */
  view: readonly TruthItem[] | undefined;
  viewMicros: number;
  readonly wrong: Map<string, { readonly class: ItemClass; readonly sinceMs: number }>;
}

/** Knows which items a reader of Redis has wrong because of faults, and for how long: what a comparison should count. */
export class ListDivergence {
  private readonly lists = new Map<string, ListState>();
  private readonly ended = new PairCounts<ItemClass>();

  constructor(private readonly options: ListDivergenceOptions) {}

  /** The publisher has read a list, and is about to send it. */
  read(key: string, type: string, items: readonly TruthItem[]): void {
    const state = this.lists.get(key) ?? {
      type,
      truth: items,
      view: undefined,
      viewMicros: 0,
      wrong: new Map(),
    };
    this.lists.set(key, state);
    state.truth = items;
    this.update(state);
  }

  /** A list has gone out. An older one after a newer is no news: readers go by its timestamp. */
  arrived(key: string, items: readonly TruthItem[], readMicros: number): void {
    const state = this.lists.get(key);
    if (state === undefined || readMicros < state.viewMicros) return;
    state.view = items;
    state.viewMicros = readMicros;
    this.update(state);
  }

  /** Nobody can say any longer what readers have: they left, or Redis did not take a list. */
  forget(key: string): void {
    const state = this.lists.get(key);
    if (state === undefined) return;
    for (const item of state.wrong.values()) this.end(state, item);
    this.lists.delete(key);
  }

  /** Items that were wrong for longer than the window, those that still are included. */
  totals(): { class: ItemClass; type: string; count: number }[] {
    const sums = new PairCounts<ItemClass>();
    for (const { first, type, count } of this.ended.list()) sums.add(first, type, count);
    for (const { type, wrong } of this.lists.values()) {
      for (const item of wrong.values()) if (this.isLong(item.sinceMs)) sums.add(item.class, type);
    }
    return sums.list().map(({ first, type, count }) => ({ class: first, type, count }));
  }

  private update(state: ListState): void {
    const classes = state.view === undefined ? NONE : difference(state.truth, state.view);
    for (const [docId, item] of state.wrong) {
      if (classes.get(docId) === item.class) continue;
      this.end(state, item);
      state.wrong.delete(docId);
    }
    const sinceMs = this.options.nowMs();
    for (const [docId, itemClass] of classes) {
      if (!state.wrong.has(docId)) state.wrong.set(docId, { class: itemClass, sinceMs });
    }
  }

  private end({ type }: ListState, item: { readonly class: ItemClass; readonly sinceMs: number }): void {
    if (this.isLong(item.sinceMs)) this.ended.add(item.class, type);
  }

  private isLong(sinceMs: number): boolean {
    return this.options.nowMs() - sinceMs > this.options.windowMs;
  }
}

const NONE: ReadonlyMap<string, ItemClass> = new Map();

/** By identity: an item that was changed is another object. */
function difference(truth: readonly TruthItem[], view: readonly TruthItem[]): ReadonlyMap<string, ItemClass> {
  if (truth === view) return NONE;
  const classes = new Map<string, ItemClass>();
  const seen = new Map(view.map((item) => [item.docId, item]));
  for (const item of truth) {
    const other = seen.get(item.docId);
    if (other === undefined) classes.set(item.docId, 'missing_in_redis');
    else if (other !== item) classes.set(item.docId, 'different');
    seen.delete(item.docId);
  }
  for (const docId of seen.keys()) classes.set(docId, 'missing_in_legacy');
  return classes;
}

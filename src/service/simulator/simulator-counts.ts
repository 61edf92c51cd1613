import type { FaultName } from './faults.js';

/** How a comparison should come out; the names are the module's. */
export type MismatchClass =
  'missing_in_redis' | 'missing_in_legacy' | 'different' | 'duplicate' | 'reordered';

/** A number of mismatches that the faults should have led to. */
export interface PlantedMismatches {
  readonly class: MismatchClass;
  readonly type: string;
  readonly count: number;
}

/** What the simulator has really done since it started; planned faults that came to nothing are not in it. */
export interface SimulatorCounts {
  /** things said by legacy's listeners */
  readonly toldLegacy: Readonly<Record<'notifications' | 'messages' | 'chat', number>>;
  /** the backend's listener threw */
  readonly legacyFailures: number;
  /** messages handed to Redis, by type, duplicates included */
  readonly published: Readonly<Record<string, number>>;
  /** publications that were not made because nobody was present */
  readonly silent: number;
  /** messages that Redis did not take */
  readonly lost: number;
  /** faults that were carried out, by fault and type */
  readonly faults: readonly { readonly fault: FaultName; readonly type: string; readonly count: number }[];
  /**
   * what a truthful comparison should have found: chat messages one to one, and of the lists the items that
   * stayed wrong longer than the window. Only where legacy was told the same.
   */
  readonly planted: readonly PlantedMismatches[];
}

/** Counters by two names, as a list. */
export class PairCounts<A extends string> {
  private readonly byPair = new Map<string, { first: A; type: string; count: number }>();

  add(first: A, type: string, count = 1): void {
    const key = `${first} ${type}`;
    const entry = this.byPair.get(key);
    if (entry === undefined) this.byPair.set(key, { first, type, count });
    else entry.count += count;
  }

  list(): { first: A; type: string; count: number }[] {
    return [...this.byPair.values()].map((entry) => ({ ...entry }));
  }
}

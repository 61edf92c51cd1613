import type { Flag, FlagPercents } from '../domain/flag.js';

/** Changes the two flags at their home: the flag server, or the file. Never rejects. */
export interface CohortWriter {
  /** What the flags say at home, which the replicas may not have heard yet. */
  standing(): Promise<FlagStanding>;
  /**
   * Moves one percentage from where it is believed to stand, and reads it back. Repeating a change that was
   * made is `written` again. What the replicas would refuse is not written.
   */
  write(change: PercentChange): Promise<WriteOutcome>;
  /** Switches one flag off for everybody, whatever its strategies say. */
  switchOff(flag: Flag): Promise<WriteOutcome>;
  /** Replaces the users whom a flag picks by name. Absent where a home cannot: then a person does it. */
  nameCanaries?(change: CanaryChange): Promise<WriteOutcome>;
}

/** Who wrote last: it stands in the flag's home beside the percentage, so that a stale write can be told. */
export interface WriteMarker {
  /** the lease's fencing token */
  readonly token: number;
  readonly decisionId: string;
}

export interface CanaryChange {
  readonly flag: Flag;
  /** sorted */
  readonly uids: readonly string[];
  readonly marker?: WriteMarker;
}

export interface PercentChange {
  readonly flag: Flag;
  /** whole, 0 to 100 */
  readonly from: number;
  /** whole, 0 to 100 */
  readonly to: number;
  /** left beside the percentage, by a home that can; a write with an older token than the one there is a `conflict` */
  readonly marker?: WriteMarker;
}

/** A flag that is off stands at 0. `problems` are those for which the replicas refuse what stands there. */
export type FlagStanding =
  | {
      readonly known: true;
      readonly percents: FlagPercents;
      /** the users picked by name, sorted; left out by a home that cannot tell */
      readonly canaries?: Readonly<Record<Flag, readonly string[]>>;
      /** who wrote each flag last; left out where nobody has left a mark */
      readonly markers?: Readonly<Partial<Record<Flag, WriteMarker>>>;
    }
  | { readonly known: false; readonly problems: readonly string[] };

/**
 * `written`: read back as asked, not yet in force at the replicas; `proposed`: a person must apply it;
 * `conflict`: somebody else moved it; `failed`: nothing is known to have changed. Each problem ends with its cure.
 */
export type WriteOutcome =
  | { readonly outcome: 'written'; readonly percent: number }
  | { readonly outcome: 'proposed'; readonly problem: string }
  | { readonly outcome: 'conflict'; readonly percent: number; readonly problem: string }
  | { readonly outcome: 'failed'; readonly problem: string };

import type { DoubtCause, SourceHealth } from '../contracts/source-health.js';
import type { GapStart } from '../domain/gap.js';

export const NO_DOUBTS: readonly GapStart[] = Object.freeze([]);

/** What is doubted about this replica's Redis as a whole; one frozen list for all streams, replaced at each change. */
export class RedisDoubts implements SourceHealth {
  standing = NO_DOUBTS;

  constructor(private readonly changed: () => void) {}

  doubt(gap: GapStart & { readonly cause: DoubtCause }): void {
    if (this.standing.some(({ cause }) => cause === gap.cause)) return;
    this.replace([...this.standing, Object.freeze({ ...gap })]);
  }

  clear(cause: DoubtCause): void {
    const left = this.standing.filter((gap) => gap.cause !== cause);
    if (left.length < this.standing.length) this.replace(left);
  }

  private replace(doubts: readonly GapStart[]): void {
    this.standing = doubts.length === 0 ? NO_DOUBTS : Object.freeze(doubts);
    this.changed();
  }
}

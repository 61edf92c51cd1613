import type { Targets } from '../domain/cohort-target.js';
import type { Evidence } from '../domain/evidence.js';

/** Reads what the replicas have seen: from Prometheus for a fleet, from its own registry for one process. */
export interface EvidenceReader {
  /**
   * Rejects when nothing can be read. What can be read in part is returned with `replicas` saying so. Sums of
   * `since` begin when the targets came in force, never before `sinceMs`; resets of counters are accounted for.
   */
  read(question: EvidenceQuestion): Promise<Evidence>;
}

export interface EvidenceQuestion {
  /** whom the flags shall pick */
  readonly targets: Targets;
  /** when they were written, `Clock.nowMs()` */
  readonly sinceMs: number;
  /**
   * They were changed after this moment and not before, 0 where nobody knows: a replica that took them up later
   * did so because of that, and what it has begun to count anew since belongs to them.
   */
  readonly changedAfterMs: number;
}

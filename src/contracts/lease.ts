/** One of many replicas acts: whoever holds the lease. */
export interface Lease {
  /**
   * Takes the lease or renews it; undefined while another holds it. Each new holder gets a larger token than
   * any before; a renewal keeps it. Rejects when the lease's home cannot be reached.
   */
  acquire(): Promise<LeaseGrant | undefined>;
  /** Gives it up, so that another need not wait for its end. Never rejects. */
  release(): Promise<void>;
}

export interface LeaseGrant {
  /** whole, ascending over all holders: what comes from an older one is refused */
  readonly token: number;
  /** the lease is surely held until then, `Clock.elapsedMs()` counted from before it was asked for */
  readonly validUntilMs: number;
}

import type { DoubtCause, DoubtReason, SourceHealth } from '../contracts/source-health.js';

/** Which reasons there are to doubt Redis; a cause stands until the last of its reasons is settled. */
export class DoubtBook {
  private readonly reasons = new Set<DoubtReason>();

  constructor(private readonly health: SourceHealth) {}

  get standing(): ReadonlySet<DoubtReason> {
    return this.reasons;
  }

  /** Something speaks against Redis since `sinceMs`, of `Clock.elapsedMs()`; telling it again changes nothing. */
  raise(reason: DoubtReason, sinceMs: number): void {
    if (this.reasons.has(reason)) return;
    this.reasons.add(reason);
    this.health.doubt({ cause: causeOf(reason), sinceMs });
  }

  /** It no longer does. */
  settle(reason: DoubtReason): void {
    if (!this.reasons.delete(reason)) return;
    const cause = causeOf(reason);
    if ([...this.reasons].every((other) => causeOf(other) !== cause)) this.health.clear(cause);
  }
}

function causeOf(reason: DoubtReason): DoubtCause {
  return reason === 'canary' ? 'canary' : 'publisher';
}

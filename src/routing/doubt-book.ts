import type { DoubtCause, DoubtReason, SourceHealth } from '../contracts/source-health.js';

/** Who finds reason to doubt Redis, and later finds that there is none any more. */
export interface Doubter {
  /** Something speaks against Redis since `sinceMs`, of `Clock.elapsedMs()`; telling it again changes nothing. */
  raise(sinceMs: number): void;
  /** It no longer does. */
  settle(): void;
}

/** Which reasons there are to doubt Redis; a cause stands until the last of its reasons is settled. */
export class DoubtBook {
  private readonly reasons = new Set<DoubtReason>();
  private health: SourceHealth | undefined;

  get standing(): ReadonlySet<DoubtReason> {
    return this.reasons;
  }

  /** Who is told from now on; before that a doubt is only kept. */
  tell(health: SourceHealth): void {
    this.health = health;
  }

  of(reason: DoubtReason): Doubter {
    return {
      raise: (sinceMs) => {
        if (this.reasons.has(reason)) return;
        this.reasons.add(reason);
        this.health?.doubt({ cause: causeOf(reason), sinceMs });
      },
      settle: () => {
        if (!this.reasons.delete(reason)) return;
        const cause = causeOf(reason);
        if ([...this.reasons].every((other) => causeOf(other) !== cause)) this.health?.clear(cause);
      },
    };
  }
}

function causeOf(reason: DoubtReason): DoubtCause {
  return reason === 'canary' ? 'canary' : 'publisher';
}

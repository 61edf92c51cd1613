import type { Cancel, Clock } from '../contracts/clock.js';
import type { Lease } from '../contracts/lease.js';
import type { Controller, LookOutcome } from '../rollout/controller.js';

export interface ControlLoopParts {
  readonly controller: Controller;
  readonly lease: Lease;
  readonly clock: Clock;
  /** from the end of one look to the next, ms */
  readonly lookMs: number;
  readonly onLook: (outcome: LookOutcome) => void;
}

/** Looks again and again, never twice at the same time. */
export class ControlLoop {
  private cancel: Cancel = () => undefined;
  private looking: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(private readonly parts: ControlLoopParts) {
    this.lookAfter(0);
  }

  /** Ends after the look that is under way, and gives the lease up. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.cancel();
    await this.looking;
    await this.parts.lease.release();
  }

  private lookAfter(delayMs: number): void {
    if (this.isClosed) return;
    this.cancel = this.parts.clock.after(delayMs, () => {
      this.looking = this.look();
    });
  }

  private async look(): Promise<void> {
    const { controller, onLook, lookMs } = this.parts;
    const outcome = await controller.look();
    onLook(outcome);
    this.lookAfter(lookMs);
  }
}

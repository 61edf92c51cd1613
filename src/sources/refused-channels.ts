import type { Cancel, Clock } from '../contracts/clock.js';

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;
/** After so many refusals with no acceptance between, the rest of a batch counts as refused unasked. */
const MOST_SINGLED_OUT = 8;

/** The search for the channels for which a batch was refused: halves, until every part was taken or is one channel. */
export interface RefusalSearch {
  /** The next part to ask for; undefined when nothing is left. */
  next(): readonly string[] | undefined;
  /** Tells how the part fared; returns the channels that count as refused because of it. */
  answered(part: readonly string[], isTaken: boolean): readonly string[];
}

/** The channels that Redis refuses, and when each is asked for again: after 1 s, then ever later, up to a minute. */
export class RefusedChannels {
  private readonly refused = new Set<string>();
  private readonly due = new Set<string>();
  private retryMs = FIRST_RETRY_MS;
  private retry: Cancel | undefined;

  /** `onDue` is called when some are to be asked for again. */
  constructor(
    private readonly clock: Clock,
    private readonly onDue: () => void,
  ) {}

  has(channel: string): boolean {
    return this.refused.has(channel);
  }

  delete(channel: string): void {
    this.refused.delete(channel);
    this.due.delete(channel);
  }

  /** Takes out some that are due; each counts as refused until it is taken. */
  take(count: number): string[] {
    const taken = [...this.due].slice(0, count);
    for (const channel of taken) this.due.delete(channel);
    return taken;
  }

  /** All are due now. */
  askAgain(): void {
    for (const channel of this.refused) this.due.add(channel);
  }

  close(): void {
    this.retry?.();
    this.refused.clear();
    this.due.clear();
  }

  /** Begins with the whole batch. */
  search(batch: readonly string[]): RefusalSearch {
    const parts = [batch];
    let singledOut = 0;
    return {
      next: () => parts.pop(),
      answered: (part, isTaken) => {
        if (isTaken) {
          singledOut = 0;
          this.accept(part);
          return [];
        }
        if (part.length > 1) {
          const middle = Math.ceil(part.length / 2);
          parts.push(part.slice(middle), part.slice(0, middle));
          return [];
        }
        const isHopeless = ++singledOut >= MOST_SINGLED_OUT;
        const refused = isHopeless ? [...part, ...parts.splice(0).flat()] : part;
        this.refuse(refused);
        return refused;
      },
    };
  }

  private accept(channels: readonly string[]): void {
    for (const channel of channels) if (this.refused.delete(channel)) this.retryMs = FIRST_RETRY_MS;
  }

  private refuse(channels: readonly string[]): void {
    for (const channel of channels) this.refused.add(channel);
    this.retry ??= this.clock.after(this.retryMs, () => {
      this.retry = undefined;
      this.retryMs = Math.min(2 * this.retryMs, LAST_RETRY_MS);
      if (this.refused.size === 0) this.retryMs = FIRST_RETRY_MS;
      this.askAgain();
      this.onDue();
    });
  }
}

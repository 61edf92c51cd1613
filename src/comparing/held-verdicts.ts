import { Fifo } from './fifo.js';

const MOST_HELD = 10_000;

/**
 * Verdicts that wait in case a loss turns out to be a gap: a link that dies is noticed only later. All wait
 * equally long, so they come out in the order in which they went in.
 */
export class HeldVerdicts {
  private readonly held = new Fifo<{ readonly atMs: number; readonly verdict: () => void }>();

  constructor(private readonly forMs: number) {}

  /** Holds a verdict; gives back those that have to be spoken early to make room. */
  hold(nowMs: number, verdict: () => void): (() => void)[] {
    this.held.push({ atMs: nowMs + this.forMs, verdict });
    const early = this.held.size > MOST_HELD ? this.held.shift() : undefined;
    return early === undefined ? [] : [early.verdict];
  }

  nextMs(): number | undefined {
    return this.held.first()?.atMs;
  }

  take(nowMs: number): (() => void)[] {
    const ripe: (() => void)[] = [];
    for (
      let first = this.held.first();
      first !== undefined && first.atMs <= nowMs;
      first = this.held.first()
    ) {
      ripe.push(first.verdict);
      this.held.shift();
    }
    return ripe;
  }
}

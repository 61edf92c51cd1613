import { CrossfadeError } from '../domain/errors.js';
import type { Rule } from './rules.js';

const SLOW_MS = 50;
const MOST_SLOW = 10;
/** so much of a slow call is forgiven by each quick one */
const FORGIVEN = 0.1;

/**
 * Keeps account of how long rules take that run functions of the host's own. A call cannot be interrupted; a rule
 * that is slow again and again, one call in ten or more, is switched off for good.
 */
export class SlowRules {
  private readonly slow = new Map<string, number>();
  private readonly off = new Set<string>();

  isOff({ type }: Rule): boolean {
    return this.off.has(type);
  }

  /** Notes how long a call took; what is wrong, told once, where this one was the last that is borne. */
  took({ type }: Rule, ms: number): CrossfadeError | undefined {
    const slow = Math.max(0, (this.slow.get(type) ?? 0) + (ms > SLOW_MS ? 1 : -FORGIVEN));
    this.slow.set(type, slow);
    if (slow < MOST_SLOW || this.off.has(type)) return undefined;
    this.off.add(type);
    return new CrossfadeError(
      'invalid_rules',
      `The functions of the comparison rule for "${type}" took over ${SLOW_MS} ms again and again: nothing that it fits is compared any more.`,
      'Make its normalise and equalBy quick, and restart.',
    );
  }
}

import type { FlagOrigin } from '../contracts/cohort-reader.js';
import type { CrossfadeRuntime } from './crossfade-runtime.js';

/** The flags in force: where they came from, when that was last confirmed, and what they ask for. */
export interface FlagsHealth {
  readonly origin: FlagOrigin;
  /** null before the first state */
  readonly ageSeconds: number | null;
  /** percentages of the two flags; null while they are not known */
  readonly compare: number | null;
  readonly serve: number | null;
}

/** What is ill without keeping anybody from being served. */
export class CrossfadeHealth {
  constructor(private readonly runtime: CrossfadeRuntime) {}

  /** One line for each ill part, beginning with its name (`redis`, `canary`, `publisher`, `flags`) and saying what is wrong; empty when all is well. */
  degraded(): readonly string[] {
    const { redis, watch, flags } = this.runtime;
    const ill: string[] = [];
    if (redis?.problem !== undefined) ill.push(`redis: ${redis.problem}`);
    ill.push(...(watch?.problems() ?? []));
    const state = flags?.state();
    if (state?.origin === 'none') ill.push('flags: no state is known, so every user stays on legacy');
    for (const problem of state?.problems ?? []) ill.push(`flags: ${problem}`);
    return ill;
  }

  /** The flags in force; undefined where no flag is asked. */
  flags(): FlagsHealth | undefined {
    const state = this.runtime.flags?.state();
    if (state === undefined) return undefined;
    const { origin, ageMs, comparePercent, servePercent } = state;
    return {
      origin,
      ageSeconds: ageMs === undefined ? null : Math.round(ageMs / 100) / 10,
      compare: comparePercent ?? null,
      serve: servePercent ?? null,
    };
  }
}

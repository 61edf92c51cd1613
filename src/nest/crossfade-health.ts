import type { CrossfadeRuntime } from './crossfade-runtime.js';

/** What is ill without keeping anybody from being served. */
export class CrossfadeHealth {
  constructor(private readonly runtime: CrossfadeRuntime) {}

  /** One line for each ill part, beginning with its name (`redis`, `flags`) and saying what is wrong; empty when all is well. */
  degraded(): readonly string[] {
    const { redis, flags } = this.runtime;
    const ill: string[] = [];
    if (redis?.problem !== undefined) ill.push(`redis: ${redis.problem}`);
    const state = flags?.state();
    if (state?.origin === 'none') ill.push('flags: no state is known, so every user stays on legacy');
    for (const problem of state?.problems ?? []) ill.push(`flags: ${problem}`);
    return ill;
  }
}

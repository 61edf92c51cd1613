import type { FlagOrigin } from '../contracts/cohort-reader.js';
import { sinceText, stopText } from './stop-words.js';
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

/** The fleet's stop as this replica has heard it, and what its hearing is worth. */
export interface StopHealth {
  readonly stopped: boolean;
  /** of the last stop or lift, the same on every replica that has heard it; 0: nobody has ever said anything */
  readonly epoch: number;
  /** who said it last, and why; empty before that */
  readonly by: string;
  readonly why: string;
  /** when, as ISO 8601 by the clock of whoever said it; null before that */
  readonly since: string | null;
  /** since when the fleet's word has not been read; null where it never was */
  readonly unreadSeconds: number | null;
  /** for which a stop might not be heard or kept here, each with its cure */
  readonly problems: readonly string[];
}

/** What is ill without keeping anybody from being served. */
export class CrossfadeHealth {
  constructor(private readonly runtime: CrossfadeRuntime) {}

  /** One line for each ill part, beginning with its name (`stop`, `redis`, `canary`, `publisher`, `flags`) and saying what is wrong; empty when all is well. */
  degraded(): readonly string[] {
    const { redis, watch } = this.runtime;
    const stop = this.stop();
    const ill: string[] = [];
    if (stop?.stopped === true) ill.push(`stop: ${stopText(stop)}`);
    if (redis?.problem !== undefined)
      ill.push(`redis: no proven link (${redis.problem}); users in live are on legacy until it is back`);
    ill.push(...(watch?.problems() ?? []));
    ill.push(...this.flagLines());
    return [...ill, ...(stop?.problems ?? []).map((problem) => `stop: ${problem}`)];
  }

  private flagLines(): string[] {
    const state = this.runtime.flags?.state();
    const unknown =
      state?.origin === 'none' ? ['flags: no state is known, so every user stays on legacy'] : [];
    return [...unknown, ...(state?.problems ?? []).map((problem) => `flags: ${problem}`)];
  }

  /** The fleet's stop; undefined where nobody can be stopped. */
  stop(): StopHealth | undefined {
    const { killSwitch, clock } = this.runtime;
    if (killSwitch === undefined) return undefined;
    const { stopped, epoch, by, why, atMs } = killSwitch.state();
    const { confirmedAtMs, problems } = killSwitch.hearing();
    return {
      ...{ stopped, epoch, by, why, problems },
      since: epoch === 0 ? null : sinceText(atMs),
      unreadSeconds:
        confirmedAtMs === undefined
          ? null
          : Math.max(0, Math.round((clock.nowMs() - confirmedAtMs) / 100) / 10),
    };
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

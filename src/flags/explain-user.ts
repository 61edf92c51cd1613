import type { CohortReader, FlagOrigin } from '../contracts/cohort-reader.js';
import { FLAG_NAMES, FLAGS, type Flag } from '../domain/flag.js';
import type { Route, RouteReason } from '../domain/route.js';
import type { Source } from '../domain/source.js';
import { STAGE_RULES, type Stage } from '../domain/stage.js';
import { bucketOf } from './bucket.js';

/** Why a user is where it is, by the flags in force here. */
export interface Explanation {
  readonly uid: string;
  /** 1 to 100: a flag at p percent picks every bucket up to p */
  readonly bucket: number;
  readonly flags: Readonly<Record<Flag, FlagAnswer>>;
  readonly origin: FlagOrigin;
  readonly stage: Stage;
  /** who serves the user while Redis is well */
  readonly source: Source;
  readonly reason: RouteReason;
  /** sentences for a person */
  readonly why: readonly string[];
}

export interface FlagAnswer {
  readonly percent: number | undefined;
  readonly enabled: boolean | undefined;
}

/** Explains the route that was decided for a user. `reader` is undefined where no flag is asked. Never throws. */
export function explainUser(uid: string, route: Route, reader: CohortReader | undefined): Explanation {
  const bucket = bucketOf(uid);
  const cohorts = reader?.cohorts(uid);
  const state = reader?.state();
  const { stage, reason } = route;
  const flags = {
    compare: { percent: state?.comparePercent, enabled: cohorts?.compare },
    serve: { percent: state?.servePercent, enabled: cohorts?.serve },
  };
  const { serves } = STAGE_RULES[stage];
  const why = [
    REASONS[reason],
    ...(reason === 'flags' ? FLAGS.map((flag) => whyOf(flag, bucket, flags[flag])) : []),
    `So the stage is ${stage}, and ${serves} serves.`,
  ];
  return { uid, bucket, flags, origin: state?.origin ?? 'none', stage, source: serves, reason, why };
}

const REASONS = {
  mode: 'The mode is legacy: no flag is asked.',
  retired: 'Legacy is retired: no flag is asked.',
  stopped: 'Everybody is on legacy by `crossfade stop`, until `crossfade start`.',
  flags_unknown: 'The flags are not known: nobody leaves legacy.',
  flags: 'The flags decide.',
} as const satisfies Record<RouteReason, string>;

function whyOf(flag: Flag, bucket: number, { percent, enabled }: FlagAnswer): string {
  const within = percent !== undefined && bucket <= percent;
  const answer = `${FLAG_NAMES[flag]} at ${percent ?? 'an unknown'} % says ${enabled === true ? 'yes' : 'no'} to bucket ${bucket}`;
  if (within === (enabled === true)) return `${answer}.`;
  return enabled === true
    ? `${answer}, because it names the user as a canary.`
    : `${answer}, because a constraint or segment keeps the user out.`;
}

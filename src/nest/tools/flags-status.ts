import { effectivePercents } from '../../domain/effective-percents.js';
import { FLAGS, FLAG_NAMES, type FlagPercents } from '../../domain/flag.js';
import type { ReplicaStatus } from '../admin/status.controller.js';
import type { Settings } from '../settings.js';
import { askReplica } from './ask-replica.js';
import { readFlagsFrom, type FlagsAtHome } from './flag-home.js';

/** How the flags stand at their home and in the replicas that were asked. */
export interface FlagsStatus {
  readonly atHome: FlagsAtHome;
  readonly replicas: readonly ReplicaFlags[];
  /** everything that is not as it should be, home and replicas together, each with its cure */
  readonly problems: readonly string[];
}

/** One replica: what it says, or why it said nothing. */
export type ReplicaFlags =
  | {
      readonly url: string;
      readonly reached: true;
      readonly status: ReplicaStatus;
      /** percentages counted from the users who are connected there; null where nobody is */
      readonly effective: FlagPercents | null;
    }
  | { readonly url: string; readonly reached: false; readonly problem: string };

/**
 * Asks the flags' home and each replica (by its base URL). Never rejects for what they do.
 * @throws CrossfadeError `invalid_settings` where the settings name no place for flags
 */
export async function flagsStatusFrom(settings: Settings, urls: readonly string[]): Promise<FlagsStatus> {
  const [atHome, ...replicas] = await Promise.all([
    readFlagsFrom(settings),
    ...urls.map((url) => replicaFlags(url, settings)),
  ]);
  const problems = [
    ...atHome.problems,
    ...replicas.flatMap((replica) =>
      problemsOf(replica, atHome.percents).map((each) => `${replica.url}: ${each}`),
    ),
  ];
  return { atHome, replicas, problems };
}

async function replicaFlags(url: string, settings: Settings): Promise<ReplicaFlags> {
  const answer = await askReplica<ReplicaStatus>(url, 'status', settings);
  if ('problem' in answer) return { url, reached: false, problem: answer.problem };
  const status = answer.body;
  return { url, reached: true, status, effective: effectivePercents(status.users) ?? null };
}

function problemsOf(replica: ReplicaFlags, desired: FlagPercents | undefined): readonly string[] {
  if (!replica.reached) return [replica.problem];
  const { degraded, flags } = replica.status;
  if (flags === undefined || desired === undefined) return degraded;
  const inForce = { compare: flags.comparePercent, serve: flags.servePercent };
  const behind = FLAGS.filter((flag) => inForce[flag] !== desired[flag]).map(
    (flag) =>
      `it has ${FLAG_NAMES[flag]} at ${inForce[flag] ?? 'an unknown'} % in force and not at ${desired[flag]} %: ask again in a few seconds; if that stays, see what it says of its flags.`,
  );
  return [...degraded, ...behind];
}

import type { ReplicaStatus } from '../admin/status.controller.js';
import type { Settings } from '../settings.js';
import type { FleetStopStanding } from './fleet-stop.js';
import { Rollout } from './open-rollout.js';

/** How many users are connected, and how many of them Redis serves, for a person who is about to move them. */
export interface UsersSeen {
  readonly connected: number;
  readonly served: number;
  /** where the numbers come from */
  readonly from: 'replicas' | 'evidence';
}

const LONGEST_MS = 2_000;

/**
 * Counts by the named replicas, where any answered, else by the last evidence of the rollout; undefined where neither is
 * to be had within 2 s. Never rejects.
 */
export async function usersFrom(
  settings: Settings,
  replicas: FleetStopStanding['replicas'],
): Promise<UsersSeen | undefined> {
  const known = [...replicas.values()].flatMap((answer) => ('body' in answer ? [answer.body] : []));
  if (known.length > 0) return { ...countedIn(known), from: 'replicas' };
  const seen = await Promise.race([
    lastSeen(settings).catch(() => undefined),
    new Promise<undefined>((resolve) => {
      setTimeout(() => {
        resolve(undefined);
      }, LONGEST_MS).unref();
    }),
  ]);
  return seen && { ...seen, from: 'evidence' };
}

function countedIn(replicas: readonly ReplicaStatus[]): {
  readonly connected: number;
  readonly served: number;
} {
  let [connected, served] = [0, 0];
  for (const { users } of replicas) {
    const { legacy, shadow, live, complete } = users;
    connected += legacy + shadow + live + complete;
    served += live + complete;
  }
  return { connected, served };
}

async function lastSeen(settings: Settings): ReturnType<Rollout['users']> {
  const rollout = await Rollout.open(settings);
  try {
    return await rollout.users();
  } finally {
    await rollout.close();
  }
}

import type { WorstUser } from '../../domain/evidence.js';
import type { ComparisonReport } from '../admin/comparison-report.js';
import type { Settings } from '../settings.js';
import { askReplica } from './ask-replica.js';

/** So many are named at most. */
const MOST_NAMED = 5;

/**
 * Asks replicas (`host:port`, as Prometheus scrapes them) for the hashed users with the most mismatches, worst first.
 * With a viewer's token alone: an operator's is not shown to whatever Prometheus calls a replica. Never rejects; one
 * that does not answer names nobody.
 */
export async function worstUsersOf(replicas: readonly string[], settings: Settings): Promise<WorstUser[]> {
  if (settings.admin.viewer === undefined) return [];
  const answers = await Promise.all(
    replicas.map((replica) =>
      askReplica<Partial<ComparisonReport>>(`http://${replica}`, 'comparison', settings),
    ),
  );
  const byUser = new Map<string, WorstUser>();
  for (const { user, comparisons, mismatches } of answers.flatMap(usersIn)) {
    const before = byUser.get(user);
    byUser.set(user, {
      user,
      comparisons: comparisons + (before?.comparisons ?? 0),
      mismatches: mismatches + (before?.mismatches ?? 0),
    });
  }
  return [...byUser.values()]
    .filter(({ mismatches }) => mismatches > 0)
    .sort((a, b) => b.mismatches - a.mismatches)
    .slice(0, MOST_NAMED);
}

/** What is not ours may answer on that port: only what has the right form is taken. */
function usersIn(answer: Awaited<ReturnType<typeof askReplica<Partial<ComparisonReport>>>>): WorstUser[] {
  if ('problem' in answer || !Array.isArray(answer.body.worstUsers)) return [];
  return answer.body.worstUsers.flatMap(({ user, comparisons, mismatches }: Partial<WorstUser>) =>
    typeof user === 'string' && Number.isFinite(comparisons) && Number.isFinite(mismatches)
      ? [{ user: user.slice(0, 64), comparisons: Number(comparisons), mismatches: Number(mismatches) }]
      : [],
  );
}

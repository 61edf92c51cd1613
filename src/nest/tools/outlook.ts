import type { RolloutState } from '../../domain/decision.js';
import type { FlagPercents } from '../../domain/flag.js';
import type { Plan } from '../../domain/plan.js';
import { targetsAt } from '../../rollout/position.js';

/** Who is connected, and whom Redis serves among them. */
export interface SeenUsers {
  readonly connectedUsers: number;
  readonly servedUsers: number;
}

/** What a step would make of the percentages and of the users. */
export interface Outlook {
  /** index into the plan's steps; -1 is before the first */
  readonly toStep: number;
  readonly from: FlagPercents;
  readonly to: FlagPercents;
  /** how many Redis serves now, and about how many afterwards; left out where it is not known */
  readonly users?: { readonly connected: number; readonly servedNow: number; readonly servedAfter: number };
}

/** A roll-back lowers serve and never compare. */
export function outlookOf(
  plan: Plan,
  { targets }: RolloutState,
  toStep: number,
  kind: 'widen' | 'roll_back',
  seen: SeenUsers | undefined,
): Outlook {
  const wanted = targetsAt(plan, toStep);
  const from = { compare: targets.compare.percent, serve: targets.serve.percent };
  const to = {
    compare: kind === 'roll_back' ? from.compare : wanted.compare.percent,
    serve: wanted.serve.percent,
  };
  return { toStep, from, to, ...(seen && { users: usersAt(to.serve, seen) }) };
}

function usersAt(
  servePercent: number,
  { connectedUsers, servedUsers }: SeenUsers,
): NonNullable<Outlook['users']> {
  const servedAfter = Math.round((connectedUsers * servePercent) / 100);
  return { connected: connectedUsers, servedNow: servedUsers, servedAfter };
}

/** The same as a sentence without its full stop. */
export function outlookText({ from, to, users }: Outlook): string {
  const percents = `compare ${from.compare} % → ${to.compare} %, serve ${from.serve} % → ${to.serve} %`;
  if (users === undefined) return `${percents}; how many users that is, is not known`;
  const { connected, servedNow, servedAfter } = users;
  return `${percents}; of ${connected} connected users Redis serves ${servedNow}, afterwards about ${servedAfter}`;
}

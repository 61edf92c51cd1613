import type { NoticeMessage } from '../contracts/notice.js';
import type { Decision } from '../domain/decision.js';
import type { Reason, ReasonCode } from '../domain/verdict.js';

/** A notice as a person reads it, on one line. */
export function noticeText(message: NoticeMessage): string {
  switch (message.kind) {
    case 'decision':
      return `Crossfade: ${decisionText(message.decision)}`;
    case 'hold': {
      const since = new Date(message.sinceMs).toISOString();
      return `Crossfade holds since ${since}: ${message.verdict.reasons.map(reasonText).join('; ')}`;
    }
    case 'hand_edit':
      return `Crossfade: ${message.detail}`;
  }
}

const VERBS = { widen: 'widened', roll_back: 'rolled back', restore: 'restored', undo: 'undid' } as const;

/** What was decided, from where to where, why, by whom, and whom it touched. */
export function decisionText({ kind, move, verdict, actor, touched }: Decision): string {
  const { flag, from, to } = move;
  const names = to.canaries.length > 0 ? ` and ${to.canaries.length} by name` : '';
  const why = verdict.reasons.map(reasonText).join('; ');
  const whom =
    kind === 'roll_back' && touched !== undefined
      ? ` Redis served ${touched.users} users and had brought them ${touched.events} events.`
      : '';
  return `${VERBS[kind]} ${flag} ${from.percent} % → ${to.percent} %${names} (${why}), by ${actor}.${whom}`;
}

/** A reason with its numbers. */
export function reasonText({ code, objective, have, need, moreCleanNeeded, users, detail }: Reason): string {
  const parts = [
    ...(objective === undefined ? [] : [objective]),
    ...(have === undefined ? [] : [`has ${amount(code, have)}`]),
    ...(need === undefined ? [] : [`needs ${amount(code, need)}`]),
    ...(moreCleanNeeded === undefined ? [] : [`${moreCleanNeeded} more clean ones would do`]),
    ...(users === undefined || users.length === 0 ? [] : [`users ${users.join(', ')}`]),
    ...(detail === undefined ? [] : [detail]),
  ];
  return parts.length === 0 ? code : `${code}: ${parts.join(', ')}`;
}

/** Those whose numbers are lengths of time, in ms. */
const LENGTHS: ReadonlySet<ReasonCode> = new Set(['soaking', 'latched', 'flags_stale']);

function amount(code: ReasonCode, value: number): string {
  if (!LENGTHS.has(code)) return String(round(value));
  if (value < 90_000) return `${round(value / 1_000)} s`;
  return value < 5_400_000 ? `${round(value / 60_000)} min` : `${round(value / 3_600_000)} h`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

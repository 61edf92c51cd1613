import {
  decisionText,
  entryText,
  verdictText,
  type LogEntry,
  type RolloutStatus,
  type Verdict,
} from '../../tools.js';

/** Where a rollout stands, as lines for a person. */
export function statusLines({ plan, state, last, users }: RolloutStatus): string[] {
  const { compare, serve } = state.targets;
  const names = (canaries: readonly string[]): string =>
    canaries.length === 0 ? '' : ` and ${canaries.length} by name`;
  return [
    `plan: ${plan.name} (${plan.origin}), step ${state.stepIndex + 1} of ${plan.steps}`,
    `compare ${compare.percent} %${names(compare.canaries)}, serve ${serve.percent} %${names(serve.canaries)}, since ${timeText(state.appliedAtMs)}`,
    ...(state.intent === undefined ? [] : [`under way: ${decisionText(state.intent)}`]),
    ...(state.awaiting === undefined
      ? []
      : [`waits for approval of the evidence ${state.awaiting.evidenceHash}: crossfade approve`]),
    ...(state.paused === undefined ? [] : [`paused by ${state.paused.actor}: crossfade resume`]),
    ...(state.latch === undefined
      ? []
      : [`latched since ${timeText(state.latch.sinceMs)}: crossfade resume`]),
    ...(state.handEdit === undefined
      ? []
      : ['the flags were set by hand: crossfade resume takes them as they are']),
    last === undefined
      ? 'no look has been recorded: is a controller running?'
      : `last look ${timeText(last.atMs)}: ${verdictText(last.verdict)}`,
    ...(last === undefined ? [] : numberLines(last.verdict)),
    ...(users === undefined ? [] : [`${users.connected} users connected, Redis serves ${users.served}`]),
  ];
}

/** What has been seen since the percentages came in force; nothing where nothing was compared. */
function numberLines({ numbers }: Verdict): string[] {
  const { comparisons, mismatches, parity, rateBelow, distinctUsers, mismatchedUsers, excusedShare } =
    numbers;
  if (comparisons === 0) return [];
  const rates = [
    ...(parity === undefined ? [] : [`parity ${percentText(parity)}`]),
    ...(rateBelow === undefined ? [] : [`mismatches surely below ${percentText(rateBelow)}`]),
    `${percentText(excusedShare)} excused`,
  ];
  return [
    `seen: ${comparisons} comparisons of ${distinctUsers} users, ${mismatches} mismatches of ${mismatchedUsers}; ${rates.join(', ')}`,
  ];
}

function percentText(share: number): string {
  return `${Number((100 * share).toPrecision(4))} %`;
}

/** One line of the record for a person. */
export function entryLine(entry: LogEntry): string {
  const { sequence, atMs, actor, from } = entry;
  const who = from === undefined ? actor : `${actor} (${from})`;
  return `${sequence}  ${timeText(atMs)}  ${who}  ${entryText(entry)}`;
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

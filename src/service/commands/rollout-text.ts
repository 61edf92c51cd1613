import { decisionText, reasonText, type LogEntry, type RolloutStatus, type Verdict } from '../../tools.js';

/** Where a rollout stands, as lines for a person. */
export function statusLines({ plan, state, last }: RolloutStatus): string[] {
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
  ];
}

/** A verdict with its reasons. */
export function verdictText({ kind, reasons }: Verdict): string {
  return `${kind}: ${reasons.map(reasonText).join('; ')}`;
}

/** One line of the record for a person. */
export function entryText({ sequence, atMs, actor, event }: LogEntry): string {
  const what = ((): string => {
    switch (event.kind) {
      case 'looked':
        return verdictText(event.verdict);
      case 'intended':
      case 'applied':
        return `${event.kind}: ${decisionText(event.decision)}`;
      case 'abandoned':
        return `abandoned ${event.decisionId}: ${event.why}`;
      case 'hand_edited':
        return `found the flags set by hand: compare ${event.found.compare.percent} %, serve ${event.found.serve.percent} %`;
      case 'undone':
        return `undid a write of a controller that had lost its lease: serve ${event.found.serve.percent} %`;
      case 'plan_changed':
        return `goes on by another plan (${event.planHash}) at step ${event.stepIndex + 1}`;
      case 'ordered':
        return `ordered ${event.order} to step ${event.toStep + 1}`;
      case 'approved':
        return `approved the evidence ${event.evidenceHash}`;
      default:
        return event.kind;
    }
  })();
  return `${sequence}  ${timeText(atMs)}  ${actor}  ${what}`;
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

import { decisionText, reasonText } from '../../coordination/notice-text.js';
import type { LogEntry } from '../../domain/decision.js';
import type { Verdict } from '../../domain/verdict.js';

/** A verdict with its reasons. */
export function verdictText({ kind, reasons }: Verdict): string {
  return `${kind}: ${reasons.map(reasonText).join('; ')}`;
}

/** What an entry of the record says, for a person. */
export function entryText({ event }: LogEntry): string {
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
}

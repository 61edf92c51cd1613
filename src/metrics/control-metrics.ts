import type { Registry } from 'prom-client';
import { Counter, Gauge } from './prom-client.js';
import type { Targets } from '../domain/cohort-target.js';
import { FLAGS } from '../domain/flag.js';
import type { ParityObjective } from '../domain/plan.js';
import { REASON_CODES, VERDICT_KINDS, type Verdict, type VerdictNumbers } from '../domain/verdict.js';
import type { CatalogueEntry } from './catalogue.js';
import { CONTROL_CATALOGUE } from './control-catalogue.js';

interface CountedState {
  readonly stepIndex: number;
  readonly targets: Targets;
}

/** What one look came to, as far as it is counted. */
export type CountedLook =
  | { readonly kind: 'idle' }
  | { readonly kind: 'looked'; readonly verdict: Verdict; readonly state: CountedState }
  | {
      readonly kind: 'decided';
      readonly decision: { readonly kind: string; readonly verdict: Verdict };
      readonly state: CountedState;
    };

const WAITS_FOR_PERSON = new Set([
  'awaiting_approval',
  'paused',
  'stopped',
  'latched',
  'hand_edited',
  'off_plan',
]);

/** Counts what a controller does, into the registry that it is given. */
export class ControlMetrics {
  private readonly counters;
  private readonly gauges;
  private lastAtMs: number | undefined;

  constructor(
    registry: Registry,
    private readonly budget: Pick<ParityObjective, 'eventsBudget'>,
  ) {
    const { looks, verdicts, decisions, holdSeconds, ...gauges } = CONTROL_CATALOGUE;
    this.counters = {
      looks: counterOf(looks, registry),
      verdicts: counterOf(verdicts, registry),
      decisions: counterOf(decisions, registry),
      holdSeconds: counterOf(holdSeconds, registry),
    };
    this.gauges = {
      step: gaugeOf(gauges.step, registry),
      verdict: gaugeOf(gauges.verdict, registry),
      reason: gaugeOf(gauges.reason, registry),
      wantedPercent: gaugeOf(gauges.wantedPercent, registry),
      budgetLeft: gaugeOf(gauges.budgetLeft, registry),
      harmEvidence: gaugeOf(gauges.harmEvidence, registry),
      cleanNeeded: gaugeOf(gauges.cleanNeeded, registry),
    };
    this.forget();
  }

  /** `atMs`: `Clock.elapsedMs()` of the look. */
  count(look: CountedLook, atMs: number): void {
    const { looks, verdicts, decisions, holdSeconds } = this.counters;
    looks.inc({ outcome: look.kind });
    const before = this.lastAtMs;
    this.lastAtMs = look.kind === 'idle' ? undefined : atMs;
    // What another controller acts on is for that one to say.
    this.forget();
    if (look.kind === 'idle') return;
    const verdict = look.kind === 'decided' ? look.decision.verdict : look.verdict;
    verdicts.inc({ verdict: verdict.kind });
    this.show(verdict, look.state);
    if (look.kind === 'decided') decisions.inc({ kind: look.decision.kind });
    else if (before !== undefined) {
      const isPerson = WAITS_FOR_PERSON.has(verdict.reasons[0]?.code ?? '');
      holdSeconds.inc({ waits_for: isPerson ? 'person' : 'evidence' }, (atMs - before) / 1000);
    }
  }

  private show({ kind, reasons, numbers }: Verdict, { stepIndex, targets }: CountedState): void {
    const { step, verdict, reason, wantedPercent, budgetLeft, harmEvidence, cleanNeeded } = this.gauges;
    step.set(stepIndex);
    for (const each of VERDICT_KINDS) verdict.set({ verdict: each }, Number(each === kind));
    for (const each of REASON_CODES) reason.set({ reason: each }, Number(each === reasons[0]?.code));
    for (const flag of FLAGS) wantedPercent.set({ flag }, targets[flag].percent);
    if (numbers.comparisons === 0) return;
    cleanNeeded.set({ of: 'comparisons' }, numbers.cleanComparisonsNeeded);
    cleanNeeded.set({ of: 'users' }, numbers.cleanUsersNeeded);
    const left = shareLeft(numbers, this.budget.eventsBudget);
    if (left !== undefined) budgetLeft.set(left);
    if (numbers.logHarm !== undefined && numbers.logHarmLimit > 0)
      harmEvidence.set(numbers.logHarm / numbers.logHarmLimit);
  }

  private forget(): void {
    const { step, budgetLeft, harmEvidence, ...labelled } = this.gauges;
    for (const gauge of Object.values(labelled)) gauge.reset();
    // One without labels would be reset to 0, which is a lie where nothing is known.
    for (const gauge of [step, budgetLeft, harmEvidence]) gauge.remove();
  }
}

/** Of the mismatches that the budget lets through among what was compared, the guarded classes and the matched. */
function shareLeft({ comparisons, mismatches, parity }: VerdictNumbers, budget: number): number | undefined {
  if (parity === undefined) return undefined;
  const trials = mismatches + parity * comparisons;
  return trials === 0 ? undefined : 1 - mismatches / (budget * trials);
}

function counterOf({ name, help, labels }: CatalogueEntry, registry: Registry): Counter {
  const counter = new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] });
  // Each series stands at 0 from the start, so that the first of a kind is seen as a rise.
  for (const [label, values] of Object.entries(labels))
    for (const value of values) counter.inc({ [label]: value }, 0);
  return counter;
}

function gaugeOf({ name, help, labels }: CatalogueEntry, registry: Registry): Gauge {
  return new Gauge({ name, help, labelNames: Object.keys(labels), registers: [registry] });
}

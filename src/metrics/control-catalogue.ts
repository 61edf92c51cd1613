import { DECISION_KINDS } from '../domain/decision.js';
import { FLAGS } from '../domain/flag.js';
import { REASON_CODES, VERDICT_KINDS } from '../domain/verdict.js';
import type { CatalogueEntry } from './catalogue.js';

/** The metrics of a controller, beside those of the backends. Gauges are absent where another controller acts. */
export const CONTROL_CATALOGUE = {
  looks: {
    name: 'crossfade_control_looks_total',
    type: 'counter',
    unit: 'one',
    help: 'Looks of this controller: idle where another holds the lease or the record is out of reach.',
    labels: { outcome: ['idle', 'looked', 'decided'] },
  },
  verdicts: {
    name: 'crossfade_control_verdicts_total',
    type: 'counter',
    unit: 'one',
    help: 'Verdicts of this controller.',
    labels: { verdict: VERDICT_KINDS },
  },
  decisions: {
    name: 'crossfade_control_decisions_total',
    type: 'counter',
    unit: 'one',
    help: 'Changes of the flags that this controller has made.',
    labels: { kind: DECISION_KINDS },
  },
  holdSeconds: {
    name: 'crossfade_control_hold_seconds_total',
    type: 'counter',
    unit: 'seconds',
    help: 'Watched time that was spent holding: for a person (approval, pause, latch, hand edit) or for the evidence.',
    labels: { waits_for: ['person', 'evidence'] },
  },
  step: {
    name: 'crossfade_control_step',
    type: 'gauge',
    unit: 'one',
    help: 'The step of the plan that the rollout stands at; -1 before the first.',
    labels: {},
  },
  verdict: {
    name: 'crossfade_control_verdict',
    type: 'gauge',
    unit: 'one',
    help: '1 for the verdict of the newest look, 0 for the others.',
    labels: { verdict: VERDICT_KINDS },
  },
  reason: {
    name: 'crossfade_control_reason',
    type: 'gauge',
    unit: 'one',
    help: '1 for the reason of the newest verdict that is to be acted on, 0 for the others.',
    labels: { reason: REASON_CODES },
  },
  wantedPercent: {
    name: 'crossfade_control_wanted_percent',
    type: 'gauge',
    unit: 'percent',
    help: 'Percentage of users that the record wants a flag to pick.',
    labels: { flag: FLAGS },
  },
  budgetLeft: {
    name: 'crossfade_control_budget_left',
    type: 'gauge',
    unit: 'one',
    help: "Share of the plan's budget of mismatches that this step has left: 1 untouched, 0 spent, below 0 overdrawn; absent without comparisons.",
    labels: {},
  },
  harmEvidence: {
    name: 'crossfade_control_harm_evidence',
    type: 'gauge',
    unit: 'one',
    help: 'Evidence for harm as a share of what proves it: at 1 it rolls back, below 0 it speaks against harm; absent without comparisons.',
    labels: {},
  },
  cleanNeeded: {
    name: 'crossfade_control_clean_needed',
    type: 'gauge',
    unit: 'one',
    help: 'How many more comparisons, or users, all clean, would prove what the gate asks.',
    labels: { of: ['comparisons', 'users'] },
  },
} as const satisfies Record<string, CatalogueEntry>;

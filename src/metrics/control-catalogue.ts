import type { CatalogueEntry } from './catalogue.js';

/** The metrics of a controller, beside those of the backends. */
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
    labels: { verdict: ['widen', 'hold', 'roll_back'] },
  },
  decisions: {
    name: 'crossfade_control_decisions_total',
    type: 'counter',
    unit: 'one',
    help: 'Changes of the flags that this controller has made.',
    labels: { kind: ['widen', 'roll_back', 'restore', 'undo'] },
  },
  step: {
    name: 'crossfade_control_step',
    type: 'gauge',
    unit: 'one',
    help: 'The step of the plan that the rollout stands at; -1 before the first.',
    labels: {},
  },
  holdSeconds: {
    name: 'crossfade_control_hold_seconds_total',
    type: 'counter',
    unit: 'seconds',
    help: 'Watched time that was spent holding: for a person (approval, pause, latch, hand edit) or for the evidence.',
    labels: { waits_for: ['person', 'evidence'] },
  },
} as const satisfies Record<string, CatalogueEntry>;

import type { Registry } from 'prom-client';
import { Counter, Gauge } from 'prom-client';
import type { Verdict } from '../domain/verdict.js';
import { CONTROL_CATALOGUE } from './control-catalogue.js';

/** What one look came to, as far as it is counted. */
export type CountedLook =
  | { readonly kind: 'idle' }
  | { readonly kind: 'looked'; readonly verdict: Verdict; readonly state: { readonly stepIndex: number } }
  | {
      readonly kind: 'decided';
      readonly decision: { readonly kind: string; readonly verdict: Verdict };
      readonly state: { readonly stepIndex: number };
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
  private readonly looks;
  private readonly verdicts;
  private readonly decisions;
  private readonly step;
  private readonly holdSeconds;
  private lastAtMs: number | undefined;

  constructor(registry: Registry) {
    const { looks, verdicts, decisions, step, holdSeconds } = CONTROL_CATALOGUE;
    const made = ({ name, help, labels }: { name: string; help: string; labels: object }) => ({
      ...{ name, help, labelNames: Object.keys(labels), registers: [registry] },
    });
    this.looks = new Counter(made(looks));
    this.verdicts = new Counter(made(verdicts));
    this.decisions = new Counter(made(decisions));
    this.step = new Gauge(made(step));
    this.holdSeconds = new Counter(made(holdSeconds));
  }

  /** `atMs`: `Clock.elapsedMs()` of the look. */
  count(look: CountedLook, atMs: number): void {
    this.looks.inc({ outcome: look.kind });
    const before = this.lastAtMs;
    this.lastAtMs = look.kind === 'idle' ? undefined : atMs;
    if (look.kind === 'idle') return;
    const verdict = look.kind === 'decided' ? look.decision.verdict : look.verdict;
    this.verdicts.inc({ verdict: verdict.kind });
    this.step.set(look.state.stepIndex);
    if (look.kind === 'decided') this.decisions.inc({ kind: look.decision.kind });
    else if (before !== undefined) {
      const isPerson = WAITS_FOR_PERSON.has(verdict.reasons[0]?.code ?? '');
      this.holdSeconds.inc({ waits_for: isPerson ? 'person' : 'evidence' }, (atMs - before) / 1000);
    }
  }
}

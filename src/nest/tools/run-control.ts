import { Registry } from 'prom-client';
import type { Clock } from '../../contracts/clock.js';
import type { EvidenceReader } from '../../contracts/evidence-reader.js';
import { SystemClock } from '../../coordination/system-clock.js';
import { CrossfadeError } from '../../domain/errors.js';
import { ControlMetrics } from '../../metrics/control-metrics.js';
import { Controller, type LookOutcome } from '../../rollout/controller.js';
import { ControlLoop } from '../control-loop.js';
import type { Settings } from '../settings.js';
import { readPlanFile } from './plan-file.js';
import { fleetEvidenceFor, noticeFor, openRolloutHome, writerFor } from './rollout-home.js';

export interface ControlOptions {
  readonly settings: Settings;
  /** told of each look */
  readonly onLook?: (outcome: LookOutcome) => void;
  /** told of what went wrong beside the loop, such as a notice that was given up */
  readonly onFailure?: (message: string) => void;
  /** the controller's metrics go here; default a registry of its own */
  readonly registry?: Registry;
  /** evidence of this process, for where no Prometheus is named */
  readonly ownEvidence?: EvidenceReader;
  readonly clock?: Clock;
}

export interface RunningControl {
  readonly registry: Registry;
  /** the plan's file, or `default` */
  readonly plan: string;
  close(): Promise<void>;
}

/** Looks that are further apart have not watched what was between: a few that failed or were slow still have. */
const LOOKS_APART = 3;
const SLOW_LOOK_MS = 5_000;

/**
 * Runs a controller until it is closed. Any number may run; one of them acts.
 * @throws CrossfadeError `invalid_settings`
 */
export async function runControl(options: ControlOptions): Promise<RunningControl> {
  const { settings, onLook, onFailure = () => undefined, ownEvidence } = options;
  const { registry = new Registry(), clock = new SystemClock() } = options;
  const writer = writerFor(settings, clock);
  const evidence = fleetEvidenceFor(settings, clock) ?? ownEvidence;
  if (evidence === undefined) {
    throw new CrossfadeError(
      'invalid_settings',
      'A controller of its own has no evidence.',
      'Set CROSSFADE_PROMETHEUS_URL, or let the backend carry its controller by CROSSFADE_CONTROL=true.',
    );
  }
  const { plan, origin } = await readPlanFile(settings.control.planFile);
  const metrics = new ControlMetrics(registry, plan.parity);
  const home = await openRolloutHome(settings, clock);
  const { log, lease } = home;
  const notice = noticeFor(settings, clock, onFailure);
  const { lookMs } = settings.control;
  const controller = new Controller(
    { lease, evidence, writer, log, notice, clock },
    { plan, maxApartMs: LOOKS_APART * lookMs + SLOW_LOOK_MS },
  );
  const loop = new ControlLoop({
    ...{ controller, lease, clock, lookMs },
    onLook: (outcome) => {
      metrics.count(outcome, clock.elapsedMs());
      onLook?.(outcome);
    },
  });
  return {
    registry,
    plan: origin,
    close: async () => {
      await loop.close();
      await home.close();
    },
  };
}

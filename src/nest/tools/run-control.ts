import { Registry } from '../../metrics/prom-client.js';
import type { Clock } from '../../contracts/clock.js';
import type { KillSwitch } from '../../contracts/kill-switch.js';
import type { EvidenceReader } from '../../contracts/evidence-reader.js';
import { SystemClock } from '../../coordination/system-clock.js';
import { CrossfadeError } from '../../domain/errors.js';
import { ControlMetrics } from '../../metrics/control-metrics.js';
import { CoordinationRedis } from '../../coordination/coordination-redis.js';
import { FleetKillSwitch } from '../../coordination/fleet-kill-switch.js';
import { RedisStopStore } from '../../coordination/redis-stop-store.js';
import { Controller, type LookOutcome } from '../../rollout/controller.js';
import { ControlLoop } from '../control-loop.js';
import { optionsFromSettings } from '../options-from-settings.js';
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
  /** what stops the fleet, as the process that carries it has heard; default: it listens by itself, where there is a Redis */
  readonly killSwitch?: Pick<KillSwitch, 'state'>;
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
  const own = options.killSwitch === undefined ? await listenForStop(home.redis, options, clock) : undefined;
  const killSwitch = options.killSwitch ?? own?.killSwitch;
  const { lookMs } = settings.control;
  const controller = new Controller(
    { lease, evidence, writer, log, notice, clock, ...(killSwitch && { killSwitch }) },
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
      await own?.close();
      await home.close();
    },
  };
}

interface HeardStop {
  readonly killSwitch: FleetKillSwitch;
  close(): Promise<void>;
}

/** Through the Redis that keeps the rollout; where a folder does, through a connection of its own, if there is a Redis. */
async function listenForStop(
  shared: CoordinationRedis | undefined,
  { settings, onFailure = () => undefined }: ControlOptions,
  clock: Clock,
): Promise<HeardStop | undefined> {
  const { redis: endpoint } = optionsFromSettings(settings);
  const own =
    shared === undefined && endpoint !== undefined ? new CoordinationRedis({ endpoint, clock }) : undefined;
  const redis = shared ?? own;
  if (redis === undefined) return undefined;
  const failed = (_operation: string, error: unknown): void => {
    onFailure(`The stop of the fleet: ${error instanceof Error ? error.message : String(error)}`);
  };
  const killSwitch = new FleetKillSwitch({ store: new RedisStopStore(redis), clock, recorder: { failed } });
  await killSwitch.start();
  return {
    killSwitch,
    close: async () => {
      await killSwitch.close();
      await own?.close();
    },
  };
}

import { Registry } from '../metrics/prom-client.js';
import type { Clock } from '../contracts/clock.js';
import type { CohortReader } from '../contracts/cohort-reader.js';
import type { ComparisonEvidence, SelfTestTally } from '../contracts/comparison-evidence.js';
import type { FleetSwitch } from '../contracts/kill-switch.js';
import type { Stage } from '../domain/stage.js';
import { SystemClock } from '../coordination/system-clock.js';
import type { StreamComparer } from '../comparing/stream-comparer.js';
import type { TappedComparer } from '../comparing/tapped-comparer.js';
import type { Gauges } from '../metrics/gauges.js';
import { PromRecorder } from '../metrics/prom-recorder.js';
import { NoPresence } from '../presence/no-presence.js';
import { EventProvider } from '../routing/event-provider.js';
import type { Router } from '../routing/router.js';
import type { RedisSource } from '../sources/redis-source.js';
import { startControl } from './start-control.js';
import { checkOptions } from './check-options.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import type { AdapterParts } from './adapter-parts.js';
import type { StartedSelfTest } from './start-adapters.js';
import { startRouter } from './start-router.js';
import { warnAtStart } from './start-warnings.js';
import type { Moving } from './start-moving.js';
import type { StartedPresence } from './start-presence.js';
import type { StartedWatch } from './start-watch.js';

/** Everything that one module holds, wired; what a mode does not need is not made. */
export interface CrossfadeRuntime {
  readonly options: CrossfadeOptions;
  readonly clock: Clock;
  readonly events: EventProvider;
  readonly registry: Registry;
  /** undefined in legacy mode */
  readonly redis: RedisSource | undefined;
  /** undefined in legacy mode */
  readonly watch: StartedWatch | undefined;
  /** undefined where no flag is asked */
  readonly flags: CohortReader | undefined;
  /** what stops everybody; undefined where nobody can be stopped */
  readonly killSwitch: FleetSwitch | undefined;
  /** what records; undefined where nothing is compared */
  readonly tapped: TappedComparer | undefined;
  /** what the comparison has found; undefined where nothing is compared */
  readonly evidence: ComparisonEvidence | undefined;
  /** undefined where the self-test is off */
  readonly selfTest: (() => readonly SelfTestTally[]) | undefined;
  /** users who are connected here, by stage */
  users(): Readonly<Record<Stage, number>>;
  /** Closes every stream, then every connection. */
  close(): Promise<void>;
}

const NOT_HELD: StartedPresence = { presence: new NoPresence(), redis: undefined };

type Closing = (() => void | Promise<void>)[];

/**
 * Starts all that the options ask for. A start that fails leaves nothing open.
 * @throws CrossfadeError `invalid_settings`
 */
export async function startRuntime(options: CrossfadeOptions): Promise<CrossfadeRuntime> {
  checkOptions(options);
  warnAtStart(options);
  const closing: Closing = [];
  try {
    return await wire(options, closing);
  } catch (error) {
    await closeAll(closing);
    throw error;
  }
}

/** The one place where everything meets. */
async function wire(options: CrossfadeOptions, closing: Closing): Promise<CrossfadeRuntime> {
  const { registry = new Registry(), clock = new SystemClock(), onFailure, onGap } = options;
  const recorder = new PromRecorder({
    registry,
    clock,
    ...(onFailure === undefined ? {} : { log: onFailure }),
    ...(onGap === undefined ? {} : { onGap }),
  });
  const parts: AdapterParts = { clock, recorder, onClose: (close) => closing.unshift(close) };

  const moving = await startMoving(options, parts);
  const { redis, flags, killSwitch, comparer, tapped, selfTest, resync } = moving ?? {};
  const router = startRouter(
    options,
    { ...(moving?.present ?? NOT_HELD), flags, killSwitch, comparer: tapped, resync },
    parts,
  );
  const watch = moving?.watchFor(router);
  startControl(options, { registry, comparer, killSwitch }, parts);
  recorder.watch(gaugesOf(router, { redis, watch, flags, killSwitch, comparer, selfTest }));
  let closed: Promise<void> | undefined;
  return {
    options,
    clock,
    events: new EventProvider(router),
    registry,
    redis,
    watch,
    flags,
    killSwitch,
    tapped,
    evidence: comparer,
    selfTest: selfTest?.read,
    users: () => router.usersByStage(),
    close: () => {
      // First of all nobody new comes in, whatever is waited for after that.
      router.close();
      return (closed ??= closeAll(closing));
    },
  };
}

/** Legacy mode opens no connection, asks no flag, and loads nothing of what would. */
async function startMoving(options: CrossfadeOptions, parts: AdapterParts): Promise<Moving | undefined> {
  if (options.mode === 'legacy') return undefined;
  const { startMoving: start } = await import('./start-moving.js');
  return start(options, parts);
}

async function closeAll(closing: Closing): Promise<void> {
  for (const close of closing.splice(0)) await close();
}

interface Watched {
  readonly redis: RedisSource | undefined;
  readonly watch: StartedWatch | undefined;
  readonly flags: CohortReader | undefined;
  readonly killSwitch: FleetSwitch | undefined;
  readonly comparer: StreamComparer | undefined;
  readonly selfTest: StartedSelfTest | undefined;
}

function gaugesOf(router: Router, { redis, watch, flags, killSwitch, comparer, selfTest }: Watched): Gauges {
  return {
    users: () => router.usersByStage(),
    redisUp: () => redis?.isUp,
    redisDoubts: () => watch?.standing(),
    flags: () => flags?.state(),
    ...(killSwitch === undefined ? {} : { stop: () => ({ ...killSwitch.state(), ...killSwitch.hearing() }) }),
    ...(comparer === undefined ? {} : { evidence: comparer }),
    ...(selfTest === undefined ? {} : { selfTest: selfTest.read }),
  };
}

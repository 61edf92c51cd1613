import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CROSSFADE_REGISTRY, EventProvider, InProcessSource, type MetricsRegistry } from '../../index.js';
import { flagFileText, type FlagPercents } from '../../tools.js';
import { BackendModule } from '../backend/backend.module.js';
import { createBackend, type Backend } from '../backend/create-backend.js';
import { findRedis } from '../servers/find-redis.js';
import type { RunningServer } from '../servers/running-server.js';
import type { SimulatorCounts } from '../simulator/simulator-counts.js';
import { startSimulator, type Simulator } from '../simulator/start-simulator.js';
import { delivered, headerLine, parity, secondLine, summaryLines } from './demo-lines.js';
import { MetricReading } from './metric-reading.js';

export interface DemoOptions {
  /** how long, seconds; undefined: until `stop` is aborted */
  readonly seconds: number | undefined;
  readonly users: number;
  readonly changesPerSecond: number;
  readonly percents: FlagPercents;
  /** such as `drop=5%`; `off` for none */
  readonly faults: string;
  readonly seed: number | undefined;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
  readonly say: (line: string) => void;
}

/** What the demo came to. */
export interface DemoOutcome {
  readonly deliveredLegacy: number;
  readonly deliveredRedis: number;
  readonly parity: number | undefined;
  /** comparisons by class and type, such as `missing_in_redis chat.message` */
  readonly compared: ReadonlyMap<string, number>;
  readonly counts: SimulatorCounts;
}

const HEADER_EVERY = 20;
/** The window, the settle time and the time a loss is held back: after it every verdict has fallen. */
const VERDICTS_FALL_SECONDS = 18;

/** Runs Redis, backend and simulator until the time is over; leaves no process, port or folder behind. */
export async function runDemo(options: DemoOptions): Promise<DemoOutcome> {
  const { say } = options;
  const folder = await mkdtemp(join(tmpdir(), 'crossfade-demo-'));
  const flagsFile = join(folder, 'flags.json');
  await writeFile(flagsFile, flagFileText(options.percents));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const redis = await findRedis({ env: options.env, say });
    closing.unshift(() => redis.stop());
    const simulator = await simulatorOn(redis, options);
    closing.unshift(() => simulator.stop());
    const backend = await backendOn(redis, simulator, flagsFile);
    closing.unshift(() => backend.stop());
    const url = await backend.listen({ host: '127.0.0.1', port: options.port });
    closing.unshift(openScreens(backend.app.get(EventProvider), simulator));
    say('');
    say(`Page     ${url}/?uid=${simulator.uids[0] ?? ''}   (try any of user1 to user${options.users})`);
    say(`Metrics  ${url}/metrics`);
    say(`Flags    ${flagsFile}   (edit a rollout and watch users move)`);
    say('');
    const registry = backend.app.get<MetricsRegistry>(CROSSFADE_REGISTRY);
    await watch(registry, simulator, options);
    return await outcomeOf(registry, simulator, say);
  } finally {
    for (const close of closing) await close();
  }
}

function simulatorOn(redis: RunningServer, options: DemoOptions): Promise<Simulator> {
  return startSimulator({
    redis: { host: redis.host, port: redis.port },
    users: options.users,
    changesPerSecond: options.changesPerSecond,
    faults: options.faults,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    say: options.say,
  });
}

function backendOn(redis: RunningServer, simulator: Simulator, flagsFile: string): Promise<Backend> {
  const legacySource: InProcessSource = new InProcessSource({
    start: (topic) =>
      simulator.listen(topic, (uid, item) => {
        legacySource.push(uid, item);
      }),
  });
  return createBackend(
    BackendModule.with({
      mode: 'local',
      legacySource,
      redis: { host: redis.host, port: redis.port },
      flags: { file: flagsFile },
      presence: { serviceUrl: simulator.url, opensPerSecond: 2_000, lingerMs: 0 },
      // The simulated chats are nobody's: none can be starved.
      compareChats: true,
    }),
  );
}

/** Every user of the simulation looks at a screen: the own events and all chats. Returns how to close them. */
function openScreens(events: EventProvider, simulator: Simulator): () => Promise<void> {
  const open = simulator.uids.flatMap((uid) => [
    events.listen(uid, () => undefined),
    ...simulator.chatsOf(uid).map((chat) => events.listen(uid, () => undefined, { chat })),
  ]);
  return () => {
    for (const close of open) close();
    return Promise.resolve();
  };
}

async function watch(registry: MetricsRegistry, simulator: Simulator, options: DemoOptions): Promise<void> {
  const { seconds = Infinity, say, stop, faults } = options;
  const quietAfter = faults === 'off' ? Infinity : seconds;
  const until = seconds + (quietAfter === Infinity ? 0 : VERDICTS_FALL_SECONDS);
  let before: MetricReading | undefined;
  const startMs = performance.now();
  for (let second = 1; second <= until && !stop.aborted; second++) {
    await sleepUntil(startMs + second * 1_000, stop);
    const now = await MetricReading.of(registry);
    if ((second - 1) % HEADER_EVERY === 0) say(headerLine());
    say(secondLine(second, now, before));
    before = now;
    if (second === quietAfter) {
      simulator.pause();
      say(`Nothing changes any more; ${VERDICTS_FALL_SECONDS} s until every verdict has fallen.`);
    }
  }
}

function sleepUntil(whenMs: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, whenMs - performance.now());
    stop.addEventListener('abort', end);
  });
}

async function outcomeOf(
  registry: MetricsRegistry,
  simulator: Simulator,
  say: (line: string) => void,
): Promise<DemoOutcome> {
  const reading = await MetricReading.of(registry);
  const counts = simulator.counts();
  say('');
  for (const line of summaryLines(reading)) say(line);
  const compared = new Map<string, number>();
  for (const { class: outcome, type, count } of counts.planted) {
    const found = reading.sum('crossfade_comparisons_total', { class: outcome, type });
    say(`planted      ${outcome} ${type}: ${count}, counted ${found}`);
  }
  for (const type of ['chat.message', 'notif.sync', 'msg.sync']) {
    for (const outcome of [
      'matched',
      'missing_in_redis',
      'missing_in_legacy',
      'different',
      'duplicate',
      'reordered',
    ]) {
      compared.set(
        `${outcome} ${type}`,
        reading.sum('crossfade_comparisons_total', { class: outcome, type }),
      );
    }
  }
  return {
    deliveredLegacy: delivered(reading, 'legacy'),
    deliveredRedis: delivered(reading, 'redis'),
    parity: parity(reading),
    compared,
    counts,
  };
}

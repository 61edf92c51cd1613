import { randomBytes } from 'node:crypto';
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
import { demoConsole, type DemoConsole } from './demo-console.js';
import { DemoReport } from './demo-report.js';
import { demoSummary } from './demo-summary.js';
import { plantFromFile } from './faults-file.js';

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
  /** only where a person looks on */
  readonly colours: boolean;
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
    const faultsFile = join(folder, 'faults.txt');
    closing.unshift(await plantFromFile(faultsFile, simulator, say));
    const operator = operatorToken(options.env);
    const console = demoConsole(options.env, folder, flagsFile);
    const backend = await backendOn({ redis, simulator, flagsFile, operator, console });
    closing.unshift(() => backend.stop());
    const url = await backend.listen({ host: '127.0.0.1', port: options.port });
    closing.unshift(openScreens(backend.app.get(EventProvider), simulator));
    say('');
    say(`Page     ${url}/?uid=${simulator.uids[0] ?? ''}   (try any of user1 to user${options.users})`);
    say(`Metrics  ${url}/metrics`);
    say(`Flags    ${flagsFile}   (edit a rollout and watch users move)`);
    say(`Faults   ${faultsFile}   (write drop=5% into it, or off, and watch what is found)`);
    say(`Admin    ${url}/crossfade/api/status   (bearer token ${operator})`);
    if (console !== undefined) say(`Console  ${url}/crossfade   (the same token)`);
    say('');
    const registry = backend.app.get<MetricsRegistry>(CROSSFADE_REGISTRY);
    const startMs = performance.now();
    const report = new DemoReport({ startMs, colours: options.colours });
    await watch(registry, simulator, options, report);
    return await outcomeOf(registry, simulator, report, say);
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

function operatorToken({ CROSSFADE_ADMIN_OPERATOR_TOKEN: given = '' }: NodeJS.ProcessEnv): string {
  return given === '' ? randomBytes(12).toString('hex') : given;
}

interface DemoWorld {
  readonly redis: RunningServer;
  readonly simulator: Simulator;
  readonly flagsFile: string;
  /** the operator's token of the admin API */
  readonly operator: string;
  readonly console: DemoConsole | undefined;
}

function backendOn({ redis, simulator, flagsFile, operator, console }: DemoWorld): Promise<Backend> {
  const legacySource: InProcessSource = new InProcessSource({
    start: (topic) =>
      simulator.listen(topic, (uid, item) => {
        legacySource.push(uid, item);
      }),
  });
  return createBackend(
    BackendModule.with(
      {
        mode: 'local',
        legacySource,
        redis: { host: redis.host, port: redis.port },
        flags: { file: flagsFile },
        presence: { serviceUrl: simulator.url, opensPerSecond: 2_000, lingerMs: 0 },
        // The simulated chats are nobody's: none can be starved.
        compareChats: true,
        ...console?.crossfade,
      },
      { operator: [operator], ...console?.admin },
    ),
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

async function watch(
  registry: MetricsRegistry,
  simulator: Simulator,
  options: DemoOptions,
  report: DemoReport,
): Promise<void> {
  const { seconds = Infinity, say, stop } = options;
  let until = seconds;
  const startMs = performance.now();
  for (let second = 1; second <= until && !stop.aborted; second++) {
    await sleepUntil(startMs + second * 1_000, stop);
    for (const line of report.lineFor(await registry.metrics(), performance.now())) say(line);
    if (second === seconds && wasPlanted(simulator)) {
      until += VERDICTS_FALL_SECONDS;
      simulator.pause();
      say(`Nothing changes any more; ${VERDICTS_FALL_SECONDS} s until every verdict has fallen.`);
    }
  }
}

/** Whether any fault was carried out, or may be yet. */
function wasPlanted(simulator: Simulator): boolean {
  return simulator.faults.length > 0 || simulator.counts().faults.length > 0;
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
  report: DemoReport,
  say: (line: string) => void,
): Promise<DemoOutcome> {
  const { reading, counted, elapsedMs } = report.end(await registry.metrics(), performance.now());
  const counts = simulator.counts();
  const { planted, faults } = counts;
  for (const line of demoSummary({ reading, counted, planted, faults, elapsedMs })) say(line);
  return {
    deliveredLegacy: reading.delivered.legacy.total,
    deliveredRedis: reading.delivered.redis.total,
    parity: reading.parity,
    compared: new Map(counted.map(({ class: outcome, type, count }) => [`${outcome} ${type}`, count])),
    counts,
  };
}

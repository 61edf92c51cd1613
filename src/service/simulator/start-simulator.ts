import type { RedisOptions } from 'ioredis';
import type { LegacySink } from './legacy-side.js';
import { faultsText, parseFaults, type Fault } from './faults.js';
import { startPresenceServer } from './presence-server.js';
import { redisPublisher } from './redis-publisher.js';
import { Simulation } from './simulation.js';
import type { SimulatorCounts } from './simulator-counts.js';
import type { Chat, Topic } from './topic.js';
import { populationUids } from './world.js';

export interface SimulatorOptions {
  /** where to publish; the same Redis as the backend's */
  readonly redis: RedisOptions;
  /** a number of users, called user1 to userN, or their uids; default 1,000 */
  readonly users?: number | readonly string[];
  /** over all users; default 40 */
  readonly changesPerSecond?: number;
  /** default: by chance, and said aloud */
  readonly seed?: number;
  /** such as `drop=5%, chat.message:alter=1%`; default none. @see parseFaults */
  readonly faults?: string;
  /** default `user:` and `chat:` */
  readonly prefixes?: { readonly user: string; readonly chat: string };
  /** that the presence server listens on; default the loopback interface */
  readonly host?: string;
  /** of the presence server; default: a free one */
  readonly port?: number;
  /** default 45,000 milliseconds */
  readonly heartbeatMs?: number;
  readonly say: (line: string) => void;
}

/** The outside world, while it runs. */
export interface Simulator {
  /** the publisher's base URL, as LISTENERS_SERVICE_URL wants it */
  readonly url: string;
  readonly seed: number;
  readonly uids: readonly string[];
  readonly faults: readonly Fault[];
  /** Switches faults while it runs; `off` for none. @throws FaultSyntaxError */
  setFaults(faults: string | readonly Fault[]): void;
  /** The backend's legacy side opens a topic, and is told what happens until it calls what this returns. */
  listen(topic: Topic, sink: LegacySink): () => void;
  chatsOf(uid: string): readonly Chat[];
  /** Nothing changes any more, until `resume`. Legacy still repeats its messages. */
  pause(): void;
  resume(): void;
  counts(): SimulatorCounts;
  /** Calling it again does nothing. */
  stop(): Promise<void>;
}

const TICK_MS = 10;

/**
 * Starts the outside world: a population whose lists and chats change, legacy's listeners, and the publisher.
 * @throws FaultSyntaxError, or where the port is taken
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { users = 1_000, say, faults = 'off', seed = Math.floor(Math.random() * 1_000_000) } = options;
  const startingFaults = parseFaults(faults);
  const uids = typeof users === 'number' ? populationUids(users) : [...users];
  const publisher = redisPublisher(options.redis);
  const now = steadyTimeOfDay();
  const heartbeatMs = options.heartbeatMs ?? 45_000;
  const simulation = new Simulation({
    seed,
    uids,
    changesPerSecond: options.changesPerSecond ?? 40,
    startMs: now(),
    publish: publisher.publish,
    heartbeatMs,
    ...(options.prefixes === undefined ? {} : { prefixes: options.prefixes }),
  });
  simulation.setFaults(startingFaults);
  const presence = await startPresenceServer({
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    heartbeatMs,
    openSocket: (topic, frame) => simulation.openSocket(topic, frame),
    ping: () => publisher.ping(),
    debug: () => ({ seed, faults: faultsText(simulation.faults), presence: simulation.presence }),
  }).catch((error: unknown) => {
    publisher.close();
    throw error;
  });
  const tick = setInterval(() => {
    simulation.advanceTo(now());
  }, TICK_MS);
  const url = `http://127.0.0.1:${presence.port}`;
  say(`Simulator: ${uids.length} users on ${url}, seed ${seed}, faults: ${faultsText(startingFaults)}.`);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    clearInterval(tick);
    publisher.close();
    stopped ??= presence.stop();
    return stopped;
  };
  return handleOf(simulation, { url, seed, uids, say, stop });
}

function handleOf(
  simulation: Simulation,
  { say, ...given }: Pick<Simulator, 'url' | 'seed' | 'uids' | 'stop'> & Pick<SimulatorOptions, 'say'>,
): Simulator {
  return {
    ...given,
    get faults() {
      return simulation.faults;
    },
    setFaults: (next) => {
      simulation.setFaults(typeof next === 'string' ? parseFaults(next) : next);
      say(`Simulator: faults: ${faultsText(simulation.faults)}.`);
    },
    listen: (topic, sink) => simulation.listen(topic, sink),
    chatsOf: (uid) => simulation.chatsOf(uid),
    pause: () => {
      simulation.pause();
    },
    resume: () => {
      simulation.resume();
    },
    counts: () => simulation.counts(),
  };
}

/** The time of day as it was at the start and went on from there, whatever is done to the computer's clock. */
function steadyTimeOfDay(): () => number {
  const start = Date.now() - performance.now();
  return () => start + performance.now();
}

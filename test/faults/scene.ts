import type { Source } from '../../src/domain/source.js';
import type { Topic } from '../../src/domain/topic.js';
import type { RedisEndpoint } from '../../src/domain/redis-endpoint.js';
import type { RedisWish } from '../../src/service/servers/find-redis.js';
import { TcpProxy } from '../servers/tcp-proxy.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';
import { Books } from './books.js';
import {
  startModule,
  type FaultStage,
  type ModuleListener,
  type ModuleUnderTest,
  type ModuleWish,
} from './module-under-test.js';
import { CHAT, OutsideWorld } from './outside-world.js';

/** How a module comes to be: in this process, or in one of its own. */
export type StartModule = (wish: ModuleWish, told: ModuleListener) => Promise<ModuleUnderTest>;

export interface SceneOptions {
  readonly stage: FaultStage | 'mixed';
  readonly users?: number;
  readonly seed?: number;
  readonly changesPerSecond?: number;
  /** how the Redis shall be */
  readonly redis?: RedisWish;
  /** which port of the Redis is the module's, where it is not the one that the others use */
  readonly redisPort?: number;
  /** put over the address of the proxy */
  readonly endpoint?: Partial<RedisEndpoint>;
  /** what the module is given besides, as JSON */
  readonly module?: Readonly<Record<string, unknown>>;
  readonly start?: StartModule;
  /** how often legacy says a user's messages; a user may return to Redis only after that, or is told by nobody */
  readonly messagesPeriodMs?: number;
  /** nobody needs to hold a socket, and nobody reads a chat */
  readonly everybodyIsPresent?: boolean;
}

/** One whole world: a Redis, bad networks, a publisher, legacy, a module with its readers, and the books. */
export interface Scene {
  readonly options: SceneOptions;
  readonly redis: TestRedis;
  /** between the module and its Redis; the publisher has a way of its own */
  readonly link: TcpProxy;
  readonly world: OutsideWorld;
  readonly books: Books;
  readonly module: ModuleUnderTest;
  readonly topics: readonly Topic[];
  stop(): Promise<void>;
}

/** Starts everything, lets every user settle, and opens the books. */
export async function startScene(options: SceneOptions): Promise<Scene> {
  const scene = await openScene(options);
  try {
    await settle(scene);
    return scene;
  } catch (error) {
    await scene.stop();
    throw error;
  }
}

/** Starts everything and waits for nobody. */
export async function openScene(options: SceneOptions): Promise<Scene> {
  const { users = 40, seed = 1, changesPerSecond = 100, everybodyIsPresent = false } = options;
  const closing: (() => unknown)[] = [];
  try {
    const redis = await startTestRedis(options.redis);
    closing.unshift(() => redis.stop());
    const { host, port } = redis.server;
    const link = await TcpProxy.before({ host, port: options.redisPort ?? port });
    closing.unshift(() => link.stop());
    const books = new Books();
    const uids = Array.from({ length: users }, (_, index) => `user${index}`);
    const world = new OutsideWorld({
      uids,
      seed,
      books,
      changesPerSecond,
      everybodyIsPresent,
      redis: { host, port },
      ...(options.messagesPeriodMs === undefined ? {} : { messagesPeriodMs: options.messagesPeriodMs }),
    });
    closing.unshift(() => world.stop());
    await world.publisher.start();
    const topics = uids.flatMap((uid): Topic[] =>
      world.readsChat(uid) ? [{ uid }, { uid, chat: CHAT }] : [{ uid }],
    );
    const module = await (options.start ?? startModule)(
      wishOf(options, topics, link, world),
      listenerOf(world, books),
    );
    world.module = module;
    closing.unshift(() => module.close());
    return { options, redis, link, world, books, module, topics, stop: () => closeAll(closing) };
  } catch (error) {
    await closeAll(closing);
    throw error;
  }
}

function wishOf(
  { stage, endpoint, module, everybodyIsPresent = false }: SceneOptions,
  topics: readonly Topic[],
  link: TcpProxy,
  world: OutsideWorld,
): ModuleWish {
  return {
    stage,
    topics,
    options: {
      redis: { host: '127.0.0.1', port: link.port, ...endpoint },
      ...(everybodyIsPresent
        ? {}
        : { presence: { serviceUrl: world.publisher.url, opensPerSecond: 10_000 } }),
      ...module,
    },
  };
}

function listenerOf(world: OutsideWorld, books: Books): ModuleListener {
  return {
    delivered: (uid, envelope) => {
      books.delivered(uid, envelope);
    },
    gap: (gap) => {
      books.gap(gap);
    },
    legacyStarts: (topic) => {
      world.legacyStarts(topic);
    },
    reread: (topic) => world.reread(topic),
  };
}

/** Waits until Redis serves everybody and everybody is present, then lets things happen and opens the books. */
export async function settle(scene: Scene): Promise<void> {
  const { world, books, topics } = scene;
  await servedBy(scene, 'redis', 20_000 + 4 * topics.length);
  await waitFor('everybody is present', () => topics.every((topic) => world.isPresent(topic)), 20_000);
  await waitFor(
    'everybody has the lists',
    () => books.balance().stale.length === 0,
    20_000 + 4 * topics.length,
  );
  world.isQuiet = false;
  books.open();
}

/** Waits until this source serves every topic. */
export async function servedBy({ module, topics }: Scene, source: Source, withinMs: number): Promise<void> {
  const isServed = () => topics.every((topic) => module.servedBy(topic) === source);
  await waitFor(`${source} serves everybody`, isServed, withinMs);
}

/** The value of one line of a scrape; 0 where it is absent. */
export async function metric({ module }: Scene, line: string): Promise<number> {
  const text = await module.metrics();
  const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? 0);
}

/** Lets nothing more happen, and waits until the books balance. @throws with what does not */
export async function balanced({ world, books }: Scene, withinMs = 5_000): Promise<void> {
  world.isQuiet = true;
  const faults = (): readonly string[] => {
    const { lost, doubled, stale } = books.balance();
    return [
      ...lost.map((one) => `lost: ${one}`),
      ...doubled.map((one) => `doubled: ${one}`),
      ...stale.map((one) => `stale: ${one}`),
    ];
  };
  await waitFor('the books balance', () => faults().length === 0, withinMs).catch(() => {
    const all = faults();
    throw new Error(
      [`${all.length} entries do not balance.`, ...all.slice(0, 12), JSON.stringify(books.sums())].join('\n'),
    );
  });
}

async function closeAll(closing: (() => unknown)[]): Promise<void> {
  for (const close of closing.splice(0)) await close();
}

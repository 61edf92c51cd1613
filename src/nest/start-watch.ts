import type { DoubtReason } from '../contracts/source-health.js';
import type { CoordinationRedis } from '../coordination/coordination-redis.js';
import { DoubtBook } from '../routing/doubt-book.js';
import type { Router } from '../routing/router.js';
import type { RedisSource } from '../sources/redis-source.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import { PROBLEMS } from './doubt-words.js';
import type { AdapterParts } from './start-adapters.js';

/** What finds out that Redis is up and brings nothing. */
export interface StartedWatch {
  /** why Redis is doubted now */
  readonly standing: () => ReadonlySet<DoubtReason>;
  /** one line for each thing that is ill, with its cure */
  readonly problems: () => readonly string[];
}

interface Watched {
  readonly redis: RedisSource | undefined;
  readonly coordination: CoordinationRedis | undefined;
  readonly router: Router;
}

/** undefined where there is no Redis. */
export function startWatch(
  options: CrossfadeOptions,
  { redis, coordination, router }: Watched,
  parts: AdapterParts,
): StartedWatch | undefined {
  if (redis === undefined || coordination === undefined) return undefined;
  const book = new DoubtBook(router.redisHealth);
  const canary = startCanary(options, redis, coordination, book, parts);
  return {
    standing: () => book.standing,
    problems: () => [...[...book.standing].map((reason) => PROBLEMS[reason]), ...canary.problems()],
  };
}

function startCanary(
  { watch: { canaryIntervalMs: intervalMs = 1_000 } = {} }: CrossfadeOptions,
  redis: RedisSource,
  { commands }: CoordinationRedis,
  book: DoubtBook,
  { recorder }: AdapterParts,
): { readonly problems: () => readonly string[] } {
  let problem: string | undefined;
  if (intervalMs > 0)
    redis.startCanary({
      intervalMs,
      publish: (channel, text) => commands.publish(channel, text),
      listener: {
        heard: () => {
          recorder.canary('heard');
          book.settle('canary');
        },
        lost: (sinceMs) => {
          recorder.canary('lost');
          book.raise('canary', sinceMs);
        },
        unsent: () => {
          recorder.canary('unsent');
        },
        off: ({ message }) => {
          problem = `canary: switched off, since Redis does not allow it (${message}): allow this user SUBSCRIBE and PUBLISH on crossfade:*, or do without by CROSSFADE_CANARY_MS=0`;
          recorder.failed('canary', new Error(problem));
          book.settle('canary');
        },
      },
    });
  return { problems: () => (problem === undefined ? [] : [problem]) };
}

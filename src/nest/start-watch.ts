import type { DoubtReason } from '../contracts/source-health.js';
import type { CoordinationRedis } from '../coordination/coordination-redis.js';
import { probePublisher } from '../presence/publisher-probe.js';
import { PublisherReadiness } from '../presence/publisher-readiness.js';
import type { DoubtBook } from '../routing/doubt-book.js';
import { FirstListWatch } from '../routing/first-list-watch.js';
import { handoverSettings } from '../routing/handover-settings.js';
import type { RedisSource } from '../sources/redis-source.js';
import type { CrossfadeOptions, WatchOptions } from './crossfade-options.js';
import { CANARY_IS_OFF, PROBLEMS, READYZ_IS_UNKNOWN } from './doubt-words.js';
import type { AdapterParts } from './adapter-parts.js';
import type { StartedPresence } from './start-presence.js';

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
  readonly publisher: StartedPresence['publisher'];
  readonly doubts: DoubtBook;
}

/** undefined where there is no Redis. */
export function startWatch(
  options: CrossfadeOptions,
  { redis, coordination, publisher, doubts }: Watched,
  parts: AdapterParts,
): StartedWatch | undefined {
  if (redis === undefined || coordination === undefined) return undefined;
  const { watch = {} } = options;
  const off = new Set<string>();
  startCanary(watch, redis, coordination, doubts, parts, off);
  if (publisher !== undefined) {
    watchReadiness(watch, publisher, doubts, parts);
    watchFirstLists(options, publisher, redis, doubts, parts);
  }
  return {
    standing: () => doubts.standing,
    problems: () => [...[...doubts.standing].map((reason) => PROBLEMS[reason]), ...off],
  };
}

function startCanary(
  { canaryIntervalMs: intervalMs = 1_000 }: WatchOptions,
  redis: RedisSource,
  { commands }: CoordinationRedis,
  doubts: DoubtBook,
  { recorder }: AdapterParts,
  off: Set<string>,
): void {
  if (intervalMs === 0) return;
  const doubter = doubts.of('canary');
  redis.startCanary({
    intervalMs,
    publish: (channel, text) => commands.publish(channel, text),
    listener: {
      heard: () => {
        recorder.canary('heard');
        doubter.settle();
      },
      lost: (sinceMs) => {
        recorder.canary('lost');
        doubter.raise(sinceMs);
      },
      unsent: () => {
        recorder.canary('unsent');
      },
      off: ({ message }) => {
        off.add(CANARY_IS_OFF(message));
        recorder.failed('canary', new Error(CANARY_IS_OFF(message)));
        doubter.settle();
      },
    },
  });
}

function watchReadiness(
  { readyzIntervalMs: intervalMs = 3_000 }: WatchOptions,
  { serviceUrl }: NonNullable<StartedPresence['publisher']>,
  doubts: DoubtBook,
  { clock, recorder, onClose }: AdapterParts,
): void {
  if (intervalMs === 0) return;
  const doubter = doubts.of('readyz');
  const readiness = new PublisherReadiness({
    ...{ serviceUrl, clock, intervalMs },
    listener: {
      unready: (sinceMs) => {
        doubter.raise(sinceMs);
      },
      ready: () => {
        doubter.settle();
      },
      unknown: (status) => {
        recorder.failed('publisher', new Error(READYZ_IS_UNKNOWN(status)));
      },
    },
  });
  onClose(() => {
    readiness.close();
  });
}

/** A first list is waited for as long as a handover waits for it. */
function watchFirstLists(
  { handover }: CrossfadeOptions,
  { lists, presence }: NonNullable<StartedPresence['publisher']>,
  redis: RedisSource,
  doubts: DoubtBook,
  { clock, onClose }: AdapterParts,
): void {
  const { firstListTimeoutMs: withinMs } = handoverSettings(handover);
  const watch = new FirstListWatch(clock, doubts.of('first_list'), () =>
    probePublisher(redis, presence, clock, 2 * withinMs),
  );
  lists.watchFirstLists({
    withinMs,
    came: (uid) => {
      watch.came(uid);
    },
    missed: (uid, sinceMs) => {
      watch.missed(uid, sinceMs);
    },
  });
  onClose(() => {
    watch.close();
  });
}

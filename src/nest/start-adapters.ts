import { hash, randomBytes } from 'node:crypto';
import type { CohortReader } from '../contracts/cohort-reader.js';
import type { Comparer } from '../contracts/comparer.js';
import type { SelfTestTally } from '../contracts/comparison-evidence.js';
import { DEFAULT_PREFIXES } from '../domain/topic.js';
import type { FlagFile } from '../flags/flag-file.js';
import type { UnleashReader } from '../flags/unleash-reader.js';
import { CoordinationRedis } from '../coordination/coordination-redis.js';
import { SelfTest } from '../comparing/self-test.js';
import { SelfTestedComparer } from '../comparing/self-tested-comparer.js';
import { StreamComparer } from '../comparing/stream-comparer.js';
import { TappedComparer } from '../comparing/tapped-comparer.js';
import type { RedisEndpoint } from '../domain/redis-endpoint.js';
import type { DoubtBook } from '../routing/doubt-book.js';
import { MissingWatch } from '../routing/missing-watch.js';
import { RedisSource } from '../sources/redis-source.js';
import type { AdapterParts } from './adapter-parts.js';
import type { CrossfadeOptions, FlagsFrom } from './crossfade-options.js';

/** enough to see an instrument that is wrong, and next to nothing on the wire */
const SELF_TESTED_ONE_IN = 20;

/** 72 bits: two of a billion values are the same by chance once in ten thousand recordings */
const FINGERPRINT_CHARACTERS = 12;

/** What the replicas share; undefined where there is no Redis. */
export function startCoordination(
  { redis }: CrossfadeOptions,
  { clock, onClose }: AdapterParts,
): CoordinationRedis | undefined {
  if (redis === undefined) return undefined;
  const coordination = new CoordinationRedis({ endpoint: redis, clock });
  onClose(() => coordination.close());
  return coordination;
}

/** undefined where no flag is asked. */
export async function startFlags(
  options: CrossfadeOptions,
  coordination: CoordinationRedis | undefined,
  parts: AdapterParts,
): Promise<CohortReader | undefined> {
  if (options.legacy === 'retired' || options.flags === undefined) return undefined;
  if ('reader' in options.flags) return options.flags.reader;
  const reader = await flagsFrom(options.flags, coordination, parts);
  parts.onClose(() => {
    reader.close();
  });
  await reader.start();
  return reader;
}

/** Loads Unleash's evaluator, which is a third of what there is to load, only for those who ask flags of it. */
async function flagsFrom(
  flags: Exclude<FlagsFrom, { reader: unknown }>,
  coordination: CoordinationRedis | undefined,
  parts: AdapterParts,
): Promise<FlagFile | UnleashReader> {
  if ('file' in flags) {
    const { FlagFile } = await import('../flags/flag-file.js');
    return new FlagFile({ path: flags.file, ...parts });
  }
  const { unleashReader } = await import('./unleash-reader-from.js');
  return unleashReader(flags.unleash, coordination, parts);
}

/** undefined where there is no Redis. `admission` is asked before it serves anybody. */
export function startRedis(
  options: CrossfadeOptions,
  admission: (() => Promise<void>) | undefined,
  parts: AdapterParts,
): RedisSource | undefined {
  if (options.redis === undefined) return undefined;
  return connectRedis(options.redis, options, parts, admission);
}

function connectRedis(
  endpoint: RedisEndpoint,
  { prefixes }: CrossfadeOptions,
  { clock, onClose }: AdapterParts,
  admission?: () => Promise<void>,
): RedisSource {
  const source = new RedisSource({
    ...{ endpoint, clock, prefixes: { ...DEFAULT_PREFIXES, ...prefixes } },
    ...(admission && { admission }),
  });
  onClose(() => source.close());
  return source;
}

/** Where legacy is retired there is nothing to compare, and not even a timer. */
export function startComparer(
  { legacy, comparing }: CrossfadeOptions,
  doubts: DoubtBook,
  parts: AdapterParts,
): StreamComparer | undefined {
  if (legacy === 'retired') return undefined;
  const { clock, recorder } = parts;
  const missing = new MissingWatch(clock, doubts.of('missing_in_redis'));
  const comparer = new StreamComparer({
    clock,
    recorder,
    onMatch: ({ uid }) => {
      missing.heard(uid);
    },
    listener: ({ uid }, _type, { outcome, sinceMs }) => {
      // Any other is no proof that Redis spoke: of a list, it may be an old one that differs.
      if (outcome === 'missing_in_redis') missing.missing(uid, sinceMs);
    },
    ...(comparing === undefined ? {} : { settings: comparing }),
  });
  parts.onClose(() => {
    comparer.close();
    missing.close();
  });
  return comparer;
}

/** What holds Redis against itself: the comparer to route with, and what it found. */
export interface StartedSelfTest {
  readonly comparer: Comparer;
  readonly read: () => readonly SelfTestTally[];
}

/** undefined where it is off; only then there is no second connection. */
export function startSelfTest(
  options: CrossfadeOptions,
  comparer: Comparer | undefined,
  parts: AdapterParts,
): StartedSelfTest | undefined {
  const { selfTest: wanted = false, redis } = options;
  if (wanted === false || comparer === undefined || redis === undefined) return undefined;
  const { clock, recorder } = parts;
  const selfTest = new SelfTest(clock, recorder, options.comparing);
  parts.onClose(() => {
    selfTest.close();
  });
  const second = connectRedis(redis, options, parts);
  const sampleOneIn = wanted === true ? SELF_TESTED_ONE_IN : wanted.sampleOneIn;
  return {
    comparer: new SelfTestedComparer({ comparer, selfTest, second, sampleOneIn, clock, recorder }),
    read: () => selfTest.read(),
  };
}

/** The comparer to route with, which can be recorded; undefined where nothing is compared. */
export function startTap(
  { comparing = {}, recordValues = false }: CrossfadeOptions,
  comparer: Comparer | undefined,
  { clock, recorder, onClose }: AdapterParts,
): TappedComparer | undefined {
  if (comparer === undefined) return undefined;
  const { salt = '' } = comparing;
  const key = salt === '' ? randomBytes(16).toString('hex') : salt;
  const tapped = new TappedComparer({
    ...{ comparer, settings: comparing, mayShowValues: recordValues, clock, recorder },
    fingerprint: (text) => hash('sha256', `${key} ${text}`, 'base64url').slice(0, FINGERPRINT_CHARACTERS),
  });
  onClose(() => {
    tapped.close();
  });
  return tapped;
}

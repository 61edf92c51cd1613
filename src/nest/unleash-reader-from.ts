import { readFile } from 'node:fs/promises';
import type { Clock } from '../contracts/clock.js';
import type { FlagStorage } from '../contracts/flag-storage.js';
import type { Recorder } from '../contracts/recorder.js';
import type { CoordinationRedis } from '../coordination/coordination-redis.js';
import { FlagStorageFile } from '../flags/flag-storage-file.js';
import { FlagStorageKeyValue } from '../flags/flag-storage-key-value.js';
import { UnleashReader } from '../flags/unleash-reader.js';
import type { FlagsFrom } from './crossfade-options.js';

type UnleashFrom = Extract<FlagsFrom, { readonly unleash: unknown }>['unleash'];

/** how long a start waits for a Redis that is only just being connected to */
const CONNECT_MS = 2_000;

/** Keeps what was read last in a file, where one is named, and in the Redis that the replicas share. */
export function unleashReader(
  { storeFile, bootstrapFile, ...server }: UnleashFrom,
  coordination: CoordinationRedis | undefined,
  parts: { readonly clock: Clock; readonly recorder: Pick<Recorder, 'failed'> },
): UnleashReader {
  const storages: FlagStorage[] = [];
  if (storeFile !== undefined) storages.push(new FlagStorageFile(storeFile));
  if (coordination !== undefined) storages.push(sharedStorage(server, coordination, parts.clock));
  return new UnleashReader({
    ...server,
    ...(bootstrapFile === undefined ? {} : { bootstrap: () => readJson(bootstrapFile) }),
    ...parts,
    storages,
  });
}

function sharedStorage(
  { url, token }: Pick<UnleashFrom, 'url' | 'token'>,
  coordination: CoordinationRedis,
  clock: Clock,
): FlagStorage {
  const { commands } = coordination;
  const store = {
    get: async (key: string) => {
      await coordination.ready(CONNECT_MS);
      return commands.get(key);
    },
    set: (key: string, value: string) => commands.set(key, value),
  };
  return new FlagStorageKeyValue(store, keyOf(url, token), () => clock.nowMs());
}

/** One key for each server and environment, which is what stands before the secret in a token. */
function keyOf(url: string, token: string): string {
  const [, scope = 'unnamed'] = /^([^.]*)\./.exec(token) ?? [];
  return `crossfade:flags:${URL.canParse(url) ? new URL(url).host : 'unnamed'}:${scope}`;
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8')) as unknown;
}

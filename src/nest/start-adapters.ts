import type { Clock } from '../contracts/clock.js';
import type { CohortReader } from '../contracts/cohort-reader.js';
import type { Presence } from '../contracts/presence.js';
import type { Recorder } from '../contracts/recorder.js';
import { FlagFile } from '../flags/flag-file.js';
import { StreamComparer } from '../comparing/stream-comparer.js';
import { NoPresence } from '../presence/no-presence.js';
import { WebSocketPresence } from '../presence/web-socket-presence.js';
import { RedisSource } from '../sources/redis-source.js';
import type { CrossfadeOptions } from './crossfade-options.js';

/** What every adapter is made with; `onClose` collects how each is closed, the last made first. */
export interface AdapterParts {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly onClose: (close: () => void | Promise<void>) => void;
}

const CHANNEL_PREFIXES = { user: 'user:', chat: 'chat:' };

/** undefined where no flag is asked. */
export async function startFlags(
  options: CrossfadeOptions,
  parts: AdapterParts,
): Promise<CohortReader | undefined> {
  if (options.mode === 'legacy' || options.legacy === 'retired' || options.flags === undefined)
    return undefined;
  if ('reader' in options.flags) return options.flags.reader;
  const file = new FlagFile({ path: options.flags.file, clock: parts.clock, recorder: parts.recorder });
  parts.onClose(() => {
    file.close();
  });
  await file.start();
  return file;
}

/** undefined in legacy mode, which opens no connection. */
export function startRedis(
  options: CrossfadeOptions,
  { clock, onClose }: AdapterParts,
): RedisSource | undefined {
  if (options.mode === 'legacy' || options.redis === undefined) return undefined;
  const source = new RedisSource({
    endpoint: options.redis,
    clock,
    prefixes: { ...CHANNEL_PREFIXES, ...options.prefixes },
  });
  onClose(() => source.close());
  return source;
}

export function startPresence(
  { mode, presence }: CrossfadeOptions,
  { clock, recorder, onClose }: AdapterParts,
): Presence {
  if (mode === 'legacy' || presence === undefined) return new NoPresence();
  if ('adapter' in presence) return presence.adapter;
  const sockets = new WebSocketPresence({ ...presence, clock, recorder });
  onClose(() => sockets.close());
  return sockets;
}

/** In legacy mode there is nothing to compare, and not even a timer. */
export function startComparer(
  { mode, legacy, comparing }: CrossfadeOptions,
  parts: AdapterParts,
): StreamComparer | undefined {
  if (mode === 'legacy' || legacy === 'retired') return undefined;
  const { clock, recorder } = parts;
  const comparer = new StreamComparer({
    clock,
    recorder,
    ...(comparing === undefined ? {} : { settings: comparing }),
  });
  parts.onClose(() => {
    comparer.close();
  });
  return comparer;
}

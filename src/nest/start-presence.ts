import type { EventSource } from '../contracts/event-source.js';
import type { Presence } from '../contracts/presence.js';
import type { CoordinationRedis } from '../coordination/coordination-redis.js';
import { RedisPresenceAnnouncer } from '../coordination/redis-presence-announcer.js';
import { NoPresence } from '../presence/no-presence.js';
import { PresentSource } from '../presence/present-source.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import type { AdapterParts } from './adapter-parts.js';

/** Who holds users present, and Redis as their publisher lets it speak. */
export interface StartedPresence {
  readonly presence: Presence;
  /** undefined where there is no Redis */
  readonly redis: EventSource | undefined;
  /** who tells of first lists, and makes anybody present; undefined where presence is not ours to hold */
  readonly publisher?: {
    readonly lists: PresentSource;
    readonly presence: Presence;
    readonly serviceUrl: string;
  };
}

/** Joins presence and Redis where presence is ours to hold. */
export async function startPresence(
  { presence }: CrossfadeOptions,
  redis: EventSource | undefined,
  coordination: CoordinationRedis | undefined,
  { clock, recorder, onClose }: AdapterParts,
): Promise<StartedPresence> {
  if (presence === undefined) return { presence: new NoPresence(), redis };
  if ('adapter' in presence) return { presence: presence.adapter, redis };
  // Whoever holds presence by itself does not load a WebSocket.
  const { WebSocketPresence } = await import('../presence/web-socket-presence.js');
  const announcer = coordination && new RedisPresenceAnnouncer(coordination, clock);
  const sockets = new WebSocketPresence({
    ...presence,
    clock,
    recorder,
    ...(announcer === undefined ? {} : { announcer }),
  });
  onClose(async () => {
    await sockets.close();
    await announcer?.close();
  });
  if (redis === undefined) return { presence: sockets, redis };
  const present = new PresentSource(redis, sockets, clock);
  onClose(() => {
    present.close();
  });
  const publisher = { lists: present, presence: sockets, serviceUrl: presence.serviceUrl };
  return { presence: present, redis: present, publisher };
}

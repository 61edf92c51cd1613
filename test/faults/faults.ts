import { withoutMessages } from '../servers/deafness.js';
import type { Fault } from './fault-row.js';

const nothing = (): void => undefined;

const ALL = {
  redisKilled: async ({ redis }) => {
    await redis.server.kill('SIGKILL');
    return () => redis.server.restart();
  },
  redisEmptied: async ({ redis }) => {
    await redis.client.set('witness', 'of before');
    await redis.server.kill('SIGTERM');
    return async () => {
      await redis.server.restart();
      if ((await redis.client.get('witness')) !== null) throw new Error('This Redis is not empty.');
    };
  },
  redisFrozen: async ({ redis }) => {
    await redis.server.kill('SIGSTOP');
    return () => redis.server.kill('SIGCONT');
  },
  linkReset: ({ link }) => {
    link.reset();
    return nothing;
  },
  linkSwallowed: ({ link }) => {
    link.manner = 'swallow';
    return () => {
      link.manner = 'pass';
    };
  },
  linkDeaf: ({ link }) => {
    link.filter = withoutMessages;
    return () => {
      link.filter = undefined;
    };
  },
  linkSlow: ({ link }) => slow(link, 200),
  linkVerySlow: ({ link }) => slow(link, 2_000),
  clientsKilled: async ({ redis }) => {
    await redis.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    return nothing;
  },
  outputBufferFull: async ({ redis, world, topics }) => {
    await limitOutput(redis.client, '65536 0 0');
    const uids = topics.filter(({ chat }) => chat === undefined).map(({ uid }) => uid);
    await world.burst(uids, 20, 5_000);
    return () => limitOutput(redis.client, '33554432 8388608 60');
  },
  publisherRestarted: async ({ world }) => {
    await world.publisher.die();
    return () => world.publisher.start();
  },
  presenceRefused: ({ world: { publisher } }) => {
    publisher.manner = 'refuse';
    publisher.tear();
    return () => {
      publisher.manner = 'accept';
    };
  },
  wrongPrefix: async ({ world: { publisher } }) => {
    const restartWith = async (user: string, chat: string): Promise<void> => {
      await publisher.die();
      publisher.prefixes = { user, chat };
      await publisher.start();
    };
    await restartWith('users:', 'chats:');
    return () => restartWith('user:', 'chat:');
  },
  bigMessage: async ({ world, topics }) => {
    await world.burst(
      topics.slice(0, 1).map(({ uid }) => uid),
      1,
      1_048_576,
    );
    return nothing;
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof ALL;

/** The faults that can happen to a running system, by name; each is whole again when it is healed. */
export const FAULTS: Readonly<Record<FaultName, Fault>> = ALL;

function slow(link: { delayMs: number }, delayMs: number): () => void {
  link.delayMs = delayMs;
  return () => {
    link.delayMs = 0;
  };
}

async function limitOutput(
  client: { config(set: 'SET', name: string, value: string): Promise<unknown> },
  limit: string,
): Promise<void> {
  await client.config('SET', 'client-output-buffer-limit', `pubsub ${limit}`);
}

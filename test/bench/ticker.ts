import { createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { messageOf, uidOf } from './messages.js';
import { serve } from './serve.js';

interface Ticking {
  readonly redisPort: number;
  readonly users: number;
  readonly count: number;
  readonly perSecond: number;
}

let socket: Socket | undefined;
let redis: Redis | undefined;

/** Where the legacy side of a backend is written to, one line for each event. */
async function listen(): Promise<number> {
  const server = createServer((accepted) => {
    accepted.setNoDelay(true);
    socket = accepted;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The ticker has no port.');
  return address.port;
}

/** Says each event twice: to the legacy side with the moment of saying it, and to Redis. */
async function tick({ redisPort, users, count, perSecond }: Ticking): Promise<void> {
  redis ??= new Redis({ host: '127.0.0.1', port: redisPort });
  const startMs = performance.now();
  for (let n = 0; n < count; n++) {
    while (((performance.now() - startMs) * perSecond) / 1_000 < n)
      await new Promise((resolve) => setTimeout(resolve, 1));
    const user = n % users;
    const message = messageOf('event', user, Math.floor(n / users));
    socket?.write(`${process.hrtime.bigint()} ${message}\n`);
    redis.publish(`user:${uidOf(user)}`, message).catch(() => undefined);
  }
}

serve({ listen, tick });

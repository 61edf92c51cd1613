import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Clock } from '../contracts/clock.js';
import type { Lease, LeaseGrant } from '../contracts/lease.js';

export interface RedisLeaseOptions {
  readonly redis: Redis;
  readonly clock: Clock;
  /** before every key, such as `{crossfade}:`; the braces keep the keys together on a cluster */
  readonly prefix: string;
  /** how long it is held without being renewed, ms */
  readonly leaseMs: number;
}

// One step: nobody can take it between the look and the write.
const ACQUIRE = `
local held = redis.call('GET', KEYS[1])
if held then
  local token = string.match(held, '^(%d+) ')
  if held == token .. ' ' .. ARGV[1] then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    return tonumber(token)
  end
  return 0
end
local token = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], token .. ' ' .. ARGV[1], 'NX', 'PX', ARGV[2])
return token`;

const RELEASE = `
local held = redis.call('GET', KEYS[1])
if held and string.match(held, ' (.+)$') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`;

/** The lease as a key of Redis/Valkey that ends by itself; the token is a counter beside it that never does. */
export class RedisLease implements Lease {
  private readonly holder = randomUUID();

  constructor(private readonly options: RedisLeaseOptions) {}

  async acquire(): Promise<LeaseGrant | undefined> {
    const { redis, clock, prefix, leaseMs } = this.options;
    const askedAtMs = clock.elapsedMs();
    const keys = [`${prefix}lease`, `${prefix}lease-token`];
    const token = Number(await redis.eval(ACQUIRE, 2, ...keys, this.holder, leaseMs));
    return token > 0 ? { token, validUntilMs: askedAtMs + leaseMs } : undefined;
  }

  async release(): Promise<void> {
    const { redis, prefix } = this.options;
    try {
      await redis.eval(RELEASE, 1, `${prefix}lease`, this.holder);
    } catch {
      // It ends by itself.
    }
  }
}

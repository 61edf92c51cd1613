import { randomUUID } from 'node:crypto';
import type { RedisProbe } from '../../sources/redis-probe.js';

/** One command that Crossfade sends, tried on names of the doctor's own that end by themselves. */
export interface CommandTrial {
  readonly command: string;
  /** what is lost without it */
  readonly lost: string;
  try(redis: RedisProbe): Promise<unknown>;
}

/** for what is not deleted because the connection broke */
const ENDS_MS = 10_000;

/** What may be refused, at a price. The keys lie where Crossfade's own do, so that an ACL by key is seen. */
export function optionalTrials(channel: string): readonly CommandTrial[] {
  const name = `doctor:${randomUUID()}`;
  const [plain, slotted] = [`crossfade:${name}`, `{crossfade}:${name}`];
  const stream = `${slotted}:log`;
  const control = `crossfade:${name}`;
  const record = 'lease, record and stop of a rollout cannot be kept in Redis';
  return [
    {
      command: 'PUBLISH',
      lost: 'no canary proves the link, and replicas do not tell each other of closed presences and of a stop',
      try: (redis) => redis.ask('PUBLISH', control, ''),
    },
    {
      command: 'SET',
      lost: 'the flags read last are not kept over a restart, unless in CROSSFADE_UNLEASH_STORE_FILE',
      try: (redis) => redis.ask('SET', plain, '', 'PX', ENDS_MS, 'NX'),
    },
    {
      command: 'GET',
      lost: 'the flags read last are not found again after a restart',
      try: (redis) => redis.ask('GET', plain),
    },
    {
      command: 'EVAL',
      lost: record,
      try: (redis) => redis.ask('EVAL', SCRIPT, 2, slotted, stream, ENDS_MS),
    },
    { command: 'XADD', lost: record, try: (redis) => redis.ask('XADD', stream, '*', 'entry', '') },
    {
      command: 'XRANGE',
      lost: 'crossfade history and replay cannot be read from Redis',
      try: (redis) => redis.ask('XRANGE', stream, '-', '+', 'COUNT', 1),
    },
    {
      command: 'XREVRANGE',
      lost: 'where a rollout stands cannot be read from Redis',
      try: (redis) => redis.ask('XREVRANGE', stream, '+', '-', 'COUNT', 1),
    },
    {
      command: 'DEL',
      lost: `a controller that ends leaves its lease to run out; what the doctor tried ends by itself after ${ENDS_MS / 1000} s`,
      try: async (redis) => {
        // Apart: keys of two slots may not stand in one command of a managed service.
        await redis.ask('DEL', plain);
        await redis.ask('DEL', slotted, stream);
      },
    },
    {
      command: 'INFO',
      lost: 'a Redis that is still loading is taken for ready',
      try: (redis) => redis.ask('INFO', 'server'),
    },
    {
      command: 'PUBSUB',
      lost: 'this doctor cannot see a subscription from outside; nothing else needs it',
      try: (redis) => redis.ask('PUBSUB', 'NUMSUB', channel),
    },
  ];
}

// What lease and record do, on keys that end by themselves.
const SCRIPT = `
redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('INCR', KEYS[1])
redis.call('XADD', KEYS[2], '*', 'entry', '')
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return 1`;

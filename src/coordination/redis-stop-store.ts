import type { Cancel } from '../contracts/clock.js';
import { StopStoreRefused, type StopStore } from '../contracts/stop-store.js';
import type { CoordinationRedis } from './coordination-redis.js';

/** The braces keep it with the keys of a rollout in one slot. */
export const STOP_KEY = '{crossfade}:stop';
const CHANNEL = 'crossfade:stop';

/** Whoever put something else there may have meant a stop: it is read as a text that says nothing. */
const NO_TEXT = '\u0001';
/** before what is no UTF-8, so that it can be told apart and replaced */
const NO_UTF8 = '\u0000';

// One step: nobody can write between the look and the write.
const REPLACE = `
local held = redis.pcall('GET', KEYS[1])
if type(held) == 'table' then
  if not string.find(held.err, 'WRONGTYPE', 1, true) then return held end
  held = ARGV[4]
end
if ARGV[1] == 'nothing' then
  if held then return 0 end
elseif held ~= ARGV[2] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[3])
return 1`;

/** The part of CoordinationRedis that is used. */
export type StopRedis = Pick<CoordinationRedis, 'commands' | 'listen' | 'onConnected' | 'lastProblem'>;

/** The fleet's word as a key of Redis/Valkey that never ends, announced on a control channel. */
export class RedisStopStore implements StopStore {
  constructor(private readonly redis: StopRedis) {}

  async read(): Promise<string | undefined> {
    try {
      const bytes = await this.redis.commands.getBuffer(STOP_KEY);
      return bytes === null ? undefined : textOf(bytes);
    } catch (error) {
      if (replyOf(error)?.startsWith('WRONGTYPE') === true) return NO_TEXT;
      throw this.refusal(error);
    }
  }

  async replace(from: string | undefined, to: string): Promise<boolean> {
    const stands = from === undefined ? (['nothing', ''] as const) : (['text', bytesOf(from)] as const);
    try {
      return (await this.redis.commands.eval(REPLACE, 1, STOP_KEY, ...stands, to, NO_TEXT)) === 1;
    } catch (error) {
      throw this.refusal(error);
    }
  }

  async announce(text: string): Promise<number> {
    try {
      return await this.redis.commands.publish(CHANNEL, text);
    } catch (error) {
      throw this.refusal(error);
    }
  }

  listen(listener: (text: string) => void): Cancel {
    return this.redis.listen(CHANNEL, listener);
  }

  onConnected(listener: () => void): Cancel {
    return this.redis.onConnected(listener);
  }

  private refusal(error: unknown): unknown {
    const reply = replyOf(error);
    if (reply !== undefined && !PASSING.test(reply)) return new StopStoreRefused(reply, { cause: error });
    // While it is away the client says only that it is not writeable.
    const { lastProblem } = this.redis;
    return reply !== undefined || lastProblem === undefined
      ? error
      : new Error(lastProblem, { cause: error });
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return NO_UTF8 + bytes.toString('latin1');
  }
}

function bytesOf(text: string): Buffer {
  return text.startsWith(NO_UTF8) ? Buffer.from(text.slice(1), 'latin1') : Buffer.from(text);
}

/** A server that is only just starting, or without its master, will answer in a while. */
const PASSING = /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|UNBLOCKED)\b/;

/** What the server answered; undefined where it did not answer. */
function replyOf(error: unknown): string | undefined {
  return error instanceof Error && error.name === 'ReplyError' ? error.message : undefined;
}

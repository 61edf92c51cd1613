import type { Redis } from 'ioredis';
import type { DecisionLog } from '../contracts/decision-log.js';
import type { LogEntry } from '../domain/decision.js';
import { isKept, logText, readLogText } from './log-text.js';

export interface RedisDecisionLogOptions {
  readonly redis: Redis;
  /** before every key, such as `{crossfade}:` */
  readonly prefix: string;
  /** how many of the newest entries are kept with all their looks; default 20,000 */
  readonly keepLooks?: number;
}

// The entry's own number is its id in the stream, so that the stream itself refuses a second one.
const APPEND = `
local newest = tonumber(redis.call('GET', KEYS[3]) or '0')
if ARGV[2] ~= '' and tonumber(ARGV[2]) < newest then return 'fenced' end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local sequence = 0
if last[1] then sequence = tonumber(string.match(last[1][1], '^(%d+)')) end
if sequence + 1 ~= tonumber(ARGV[1]) then return 'taken' end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], ARGV[1] .. '-0', 'entry', ARGV[3])
if ARGV[5] == '1' then redis.call('XADD', KEYS[2], ARGV[1] .. '-0', 'entry', ARGV[3]) end
if ARGV[2] ~= '' then redis.call('SET', KEYS[3], ARGV[2]) end
return 'appended'`;

const KEEP_LOOKS = 20_000;
type StreamEntry = readonly [id: string, fields: readonly string[]];

/**
 * The record as two streams of Redis/Valkey: the newest entries with every look, and beside it everything but the
 * looks, which is never trimmed.
 */
export class RedisDecisionLog implements DecisionLog {
  private readonly looks: string;
  private readonly decisions: string;

  constructor(private readonly options: RedisDecisionLogOptions) {
    this.looks = `${options.prefix}log`;
    this.decisions = `${options.prefix}decisions`;
  }

  async last(): Promise<LogEntry | undefined> {
    const [newest] = await this.options.redis.xrevrange(this.looks, '+', '-', 'COUNT', 1);
    return newest === undefined ? undefined : entryOf(newest);
  }

  async append(entry: LogEntry): Promise<'appended' | 'taken' | 'fenced'> {
    const { redis, prefix, keepLooks = KEEP_LOOKS } = this.options;
    const keys = [this.looks, this.decisions, `${prefix}log-token`];
    const outcome = await redis.eval(
      APPEND,
      keys.length,
      ...keys,
      entry.sequence,
      entry.token ?? '',
      logText(entry),
      keepLooks,
      isKept(entry) ? '1' : '0',
    );
    return outcome as 'appended' | 'taken' | 'fenced';
  }

  async read(fromSequence: number, limit: number): Promise<readonly LogEntry[]> {
    const { redis } = this.options;
    const [oldest] = await redis.xrange(this.looks, '-', '+', 'COUNT', 1);
    const whole = oldest === undefined ? Infinity : sequenceOf(oldest);
    const kept =
      fromSequence < whole
        ? await redis.xrange(this.decisions, `${fromSequence}-0`, before(whole), 'COUNT', limit)
        : [];
    const rest = limit - kept.length;
    const from = Math.max(fromSequence, whole === Infinity ? fromSequence : whole);
    const looks = rest > 0 ? await redis.xrange(this.looks, `${from}-0`, '+', 'COUNT', rest) : [];
    return [...kept, ...looks].map(entryOf);
  }
}

function before(sequence: number): string {
  return sequence === Infinity ? '+' : `${sequence - 1}-0`;
}

function sequenceOf([id]: StreamEntry): number {
  return Number(id.split('-')[0]);
}

function entryOf([, fields]: StreamEntry): LogEntry {
  return readLogText(fields[fields.indexOf('entry') + 1] ?? '');
}

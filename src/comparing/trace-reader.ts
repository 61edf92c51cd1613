import { DEFAULT_PREFIXES, isUid, type ChannelPrefixes, type Topic } from '../domain/topic.js';
import { isJsonObject, type JsonObject } from '../domain/user-event.js';

/** One line of a recording; `atMs` is virtual time. */
export type TraceRecord =
  | { readonly kind: 'legacy'; readonly atMs: number; readonly uid: string; readonly item: unknown }
  | { readonly kind: 'redis'; readonly atMs: number; readonly topic: Topic; readonly message: string }
  | { readonly kind: 'gap'; readonly atMs: number; readonly edge: 'begin' | 'end' };

/** A line that is no record. */
export interface BrokenLine {
  /** counted from 1 */
  readonly line: number;
  readonly problem: string;
}

/**
 * Reads a recording, one JSON object a line; empty lines are passed over. A broken line is told of, and the rest
 * is read all the same.
 */
export function* readTrace(
  lines: Iterable<string>,
  tellBroken: (broken: BrokenLine) => void,
  prefixes: ChannelPrefixes = DEFAULT_PREFIXES,
): Generator<TraceRecord> {
  let line = 0;
  for (const text of lines) {
    line++;
    if (text.trim() === '') continue;
    const record = readRecord(text, prefixes);
    if (typeof record === 'string') tellBroken({ line, problem: record });
    else yield record;
  }
}

/** The record, or what is wrong with the line. */
function readRecord(text: string, prefixes: ChannelPrefixes): TraceRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'It is not JSON.';
  }
  if (!isJsonObject(value)) return 'It is no JSON object.';
  const { t, source } = value;
  if (typeof t !== 'number' || !Number.isFinite(t)) return 'Its t is no number of seconds.';
  // Recorders write seconds with a fraction: what is meant is whole microseconds.
  const atMs = Math.round(t * 1_000_000) / 1_000;
  if (source === 'legacy') return readLegacy(value, atMs);
  if (source === 'redis') return 'gap' in value ? readGap(value, atMs) : readRedis(value, atMs, prefixes);
  return 'Its source is neither legacy nor redis.';
}

function readGap({ gap }: JsonObject, atMs: number): TraceRecord | string {
  return gap === 'begin' || gap === 'end'
    ? { kind: 'gap', atMs, edge: gap }
    : 'Its gap is neither begin nor end.';
}

function readLegacy({ uid, item }: JsonObject, atMs: number): TraceRecord | string {
  if (!isUid(uid)) return 'Its uid is none.';
  return item === undefined ? 'It has no item.' : { kind: 'legacy', atMs, uid, item };
}

function readRedis(value: JsonObject, atMs: number, prefixes: ChannelPrefixes): TraceRecord | string {
  const { channel, message } = value;
  if (typeof message !== 'string') return 'Its message is no text.';
  const topic = typeof channel === 'string' ? topicOfChannel(channel, prefixes) : undefined;
  return topic === undefined
    ? `Its channel is neither ${prefixes.user}UID nor ${prefixes.chat}UID:SPACE:THREAD.`
    : { kind: 'redis', atMs, topic, message };
}

/** The topic that a channel is about, or undefined where it is none of ours. */
export function topicOfChannel(channel: string, prefixes: ChannelPrefixes): Topic | undefined {
  if (channel.startsWith(prefixes.user)) {
    const uid = channel.slice(prefixes.user.length);
    if (isUid(uid)) return { uid };
  }
  if (!channel.startsWith(prefixes.chat)) return undefined;
  const [uid, spaceCode, ...thread] = channel.slice(prefixes.chat.length).split(':');
  const threadKey = thread.join(':');
  if (!isUid(uid) || spaceCode === undefined || spaceCode === '' || threadKey === '') return undefined;
  return { uid, chat: { spaceCode, threadKey } };
}

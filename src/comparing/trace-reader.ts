import { parseLeniently } from '../domain/envelope.js';
import { SOURCES } from '../domain/source.js';
import { DEFAULT_PREFIXES, isUid, type ChannelPrefixes, type Topic } from '../domain/topic.js';
import { isJsonObject, type JsonObject } from '../domain/user-event.js';
import { TRACE_GAP_CAUSES, type TraceGap } from './trace-gap.js';

/** One line of a recording; `atMs` is virtual time. */
export type TraceRecord =
  | { readonly kind: 'legacy'; readonly atMs: number; readonly uid: string; readonly item: unknown }
  | { readonly kind: 'redis'; readonly atMs: number; readonly topic: Topic; readonly message: string }
  | ({ readonly kind: 'gap' } & TraceGap);

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
  for (const each of lines) {
    line++;
    // A byte order mark counts as space, too.
    const text = each.trim();
    if (text === '') continue;
    const record = readRecord(text, prefixes);
    if (typeof record === 'string') tellBroken({ line, problem: record });
    else yield record;
  }
}

/** The record, or what is wrong with the line. */
function readRecord(text: string, prefixes: ChannelPrefixes): TraceRecord | string {
  const value = parseLeniently(text);
  if (value === undefined) return 'It is not JSON.';
  if (!isJsonObject(value)) return 'It is no JSON object.';
  const { t, source } = value;
  if (typeof t !== 'number' || !Number.isFinite(t)) return 'Its t is no number of seconds.';
  const atMs = msOf(t);
  if ('gap' in value) return readGap(value, atMs, prefixes);
  if (source === 'legacy') return readLegacy(value, atMs);
  return source === 'redis' ? readRedis(value, atMs, prefixes) : 'Its source is neither legacy nor redis.';
}

/** Recordings tell seconds with a fraction: what is meant is whole microseconds. */
function msOf(seconds: number): number {
  return Math.round(seconds * 1_000_000) / 1_000;
}

function readGap(value: JsonObject, atMs: number, prefixes: ChannelPrefixes): TraceRecord | string {
  const { gap: edge, channel, since } = value;
  const source = SOURCES.find((each) => each === value['source']);
  const cause = TRACE_GAP_CAUSES.find((each) => each === (value['cause'] ?? 'link'));
  const topic = typeof channel === 'string' ? topicOfChannel(channel, prefixes) : undefined;
  if (source === undefined) return 'Its source is neither legacy nor redis.';
  if (edge !== 'begin' && edge !== 'end') return 'Its gap is neither begin nor end.';
  if (cause === undefined) return `Its cause is none of ${TRACE_GAP_CAUSES.join(', ')}.`;
  if (channel !== undefined && topic === undefined) return noChannel(prefixes);
  const sinceMs = typeof since === 'number' && Number.isFinite(since) ? Math.min(msOf(since), atMs) : atMs;
  return { kind: 'gap', atMs, source, edge, topic, cause, sinceMs };
}

function readLegacy({ uid, item }: JsonObject, atMs: number): TraceRecord | string {
  if (!isUid(uid)) return 'Its uid is none.';
  return item === undefined ? 'It has no item.' : { kind: 'legacy', atMs, uid, item };
}

function readRedis(value: JsonObject, atMs: number, prefixes: ChannelPrefixes): TraceRecord | string {
  const { channel, message } = value;
  if (typeof message !== 'string') return 'Its message is no text.';
  const topic = typeof channel === 'string' ? topicOfChannel(channel, prefixes) : undefined;
  return topic === undefined ? noChannel(prefixes) : { kind: 'redis', atMs, topic, message };
}

function noChannel(prefixes: ChannelPrefixes): string {
  return `Its channel is neither ${prefixes.user}UID nor ${prefixes.chat}UID:SPACE:THREAD.`;
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

import { legacyItemOf } from '../domain/legacy-item.js';
import type { Source } from '../domain/source.js';
import { channelOf, DEFAULT_PREFIXES, type Topic } from '../domain/topic.js';
import type { Envelope } from '../domain/user-event.js';
import type { TraceGap } from './trace-gap.js';

/**
 * One line of a recording, without its end: what a source said of a topic. Channels bear the default prefixes,
 * whatever those in use are. @throws TypeError where a legacy item holds what JSON cannot say
 */
export function arrivalLine(source: Source, topic: Topic, envelope: Envelope, atMs: number): string {
  const head = { t: secondsOf(atMs), source, uid: topic.uid };
  if (source === 'legacy') return JSON.stringify({ ...head, item: legacyItemOf(envelope) });
  const channel = channelOf(topic, DEFAULT_PREFIXES);
  return JSON.stringify({ ...head, channel, message: JSON.stringify(envelope) });
}

/** One line that says how a source stands; `dropped`: so many arrivals are missing in the gap that ends. */
export function gapLine(gap: TraceGap, dropped?: number): string {
  const { atMs, source, edge, topic, cause, sinceMs } = gap;
  return JSON.stringify({
    t: secondsOf(atMs),
    source,
    ...(topic === undefined ? {} : { uid: topic.uid, channel: channelOf(topic, DEFAULT_PREFIXES) }),
    gap: edge,
    ...(edge === 'begin' || cause === 'handover' ? { cause } : {}),
    ...(sinceMs < atMs ? { since: secondsOf(sinceMs) } : {}),
    ...(dropped === undefined ? {} : { dropped }),
  });
}

/** Seconds, exact to the microsecond. */
function secondsOf(ms: number): number {
  return Math.round(ms * 1_000) / 1_000_000;
}

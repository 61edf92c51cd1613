import type { ComparisonSession } from '../contracts/comparer.js';
import { readEnvelope } from '../domain/envelope.js';
import { envelopeOfLegacyItem, topicOfEnvelope } from '../domain/legacy-item.js';
import { SOURCES, type Source } from '../domain/source.js';
import { topicKey, type Topic } from '../domain/topic.js';
import { UserEvent, type Envelope } from '../domain/user-event.js';
import type { ComparingSettings } from './comparing-settings.js';
import { StreamComparer } from './stream-comparer.js';
import type { TraceGap } from './trace-gap.js';
import type { TraceRecord } from './trace-reader.js';
import { TraceRecorder } from './trace-recorder.js';
import type { TraceMismatch, TraceReport } from './trace-report.js';
import { VirtualClock } from './virtual-clock.js';

/** Longer than any window may be. */
const BEFORE_MS = 1_200_000;

/** Tells a comparer, in virtual time, what a recording says: `play` each record in order, then `finish`. */
export class TraceReplay {
  private readonly clock: VirtualClock;
  private readonly comparer: StreamComparer;
  private readonly sessions = new Map<string, ComparisonSession>();
  private readonly recorder = new TraceRecorder();
  private readonly mismatches: TraceMismatch[] = [];

  constructor(settings: ComparingSettings, records: readonly TraceRecord[]) {
    this.clock = new VirtualClock((records[0]?.atMs ?? 0) - BEFORE_MS);
    this.comparer = new StreamComparer({
      clock: this.clock,
      recorder: this.recorder,
      // Nothing of a recording may be dropped for a bound.
      settings: { ...settings, confirmMs: longestUnnoticedMs(records), samplesPerKind: 0, ...UNBOUNDED },
      listener: ({ uid }, type, { outcome, itemId, fields, sinceMs }) => {
        const place = { uid, type, ...(itemId === undefined ? {} : { key: itemId }) };
        this.mismatches.push({ class: outcome, ...place, fields, t: sinceMs / 1000 });
      },
    });
    this.openAll(records);
  }

  play(record: TraceRecord): void {
    this.clock.passTo(record.atMs);
    if (record.kind === 'gap') this.gap(record);
    else if (record.kind === 'redis') this.redis(record.topic, record.message);
    else this.legacy(record.uid, record.item);
  }

  finish(): TraceReport {
    this.clock.passToEnd();
    const [failure] = this.recorder.failures;
    if (failure !== undefined) throw new Error('The comparison of the recording failed.', { cause: failure });
    const { matched, late, notCompared, unreadable, misrouted } = this.recorder.counts;
    return {
      matched,
      mismatches: this.mismatches,
      excused: Object.fromEntries(this.recorder.excuses),
      late,
      notCompared,
      unreadable,
      misrouted,
      lagSeconds: this.recorder.lagSeconds(),
    };
  }

  /**
   * A topic was there all along, with both sources: it does not begin in the middle of a recording, unless the
   * recording says so.
   */
  private openAll(records: readonly TraceRecord[]): void {
    const seen = new Set<string>();
    for (const record of records) {
      const topic = topicOf(record);
      if (topic === undefined || seen.has(topicKey(topic))) continue;
      seen.add(topicKey(topic));
      if (record.kind === 'gap' && record.cause === 'opening') continue;
      const session = this.begin(topic);
      for (const source of SOURCES) session.attached(source);
    }
  }

  private begin(topic: Topic): ComparisonSession {
    const session = this.comparer.begin(topic);
    this.sessions.set(topicKey(topic), session);
    return session;
  }

  private gap(gap: TraceGap): void {
    const { topic, cause } = gap;
    if (topic === undefined) {
      for (const session of this.sessions.values()) tell(session, gap);
      return;
    }
    const key = topicKey(topic);
    if (cause === 'opening' || cause === 'closed') {
      this.sessions.get(key)?.end();
      this.sessions.delete(key);
    }
    if (cause !== 'closed') tell(this.sessions.get(key) ?? this.begin(topic), gap);
  }

  private redis(topic: Topic, message: string): void {
    const envelope = readEnvelope(message, topic.uid);
    if (envelope === 'unreadable') this.recorder.counts.unreadable++;
    else if (envelope === 'misrouted') this.recorder.counts.misrouted++;
    else this.arrived('redis', topic, envelope);
  }

  private legacy(uid: string, item: unknown): void {
    const envelope = envelopeOfLegacyItem(uid, item);
    if (envelope === undefined) this.recorder.counts.unreadable++;
    else this.arrived('legacy', topicOfEnvelope(envelope), envelope);
  }

  private arrived(source: Source, topic: Topic, envelope: Envelope): void {
    const event = new UserEvent(envelope, source, this.clock.elapsedMs());
    this.sessions.get(topicKey(topic))?.arrived(event);
  }
}

const UNBOUNDED: ComparingSettings = {
  maxQueued: 10_000_000,
  maxQueuedItems: 100_000_000,
  maxPendingPerTopic: 1_000_000,
  maxPending: 100_000_000,
  maxItems: 100_000_000,
};

/** A recording says late that a link was dead: verdicts wait as long as the longest took to be noticed. */
function longestUnnoticedMs(records: readonly TraceRecord[]): number {
  let longest = 0;
  for (const record of records)
    if (record.kind === 'gap') longest = Math.max(longest, record.atMs - record.sinceMs);
  return Math.min(MAX_CONFIRM_MS, Math.ceil(longest));
}

const MAX_CONFIRM_MS = 600_000;

function tell(session: ComparisonSession, { source, edge, cause, sinceMs }: TraceGap): void {
  if (cause === 'opening' || cause === 'closed') return;
  if (cause === 'handover') session.handover(edge === 'begin');
  else if (edge === 'end') session.attached(source);
  else session.detached(source, { cause, sinceMs });
}

function topicOf(record: TraceRecord): Topic | undefined {
  return record.kind === 'legacy' ? topicOfItem(record.uid, record.item) : record.topic;
}

function topicOfItem(uid: string, item: unknown): Topic {
  const envelope = envelopeOfLegacyItem(uid, item);
  return envelope === undefined ? { uid } : topicOfEnvelope(envelope);
}

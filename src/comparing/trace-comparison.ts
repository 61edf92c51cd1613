import type { ComparisonSession } from '../contracts/comparer.js';
import type { MismatchClass } from '../domain/comparison.js';
import { readEnvelope } from '../domain/envelope.js';
import { envelopeOfLegacyItem, topicOfEnvelope } from '../domain/legacy-item.js';
import { SOURCES, type Source } from '../domain/source.js';
import { topicKey, type ChannelPrefixes, type Topic } from '../domain/topic.js';
import { UserEvent, type Envelope } from '../domain/user-event.js';
import type { ComparingSettings } from './comparing-settings.js';
import { StreamComparer } from './stream-comparer.js';

import { readTrace, type BrokenLine, type TraceRecord } from './trace-reader.js';
import { TraceRecorder, type LagSeconds } from './trace-recorder.js';
import { VirtualClock } from './virtual-clock.js';

/** What a truthful comparison says of a recording. */
export interface TraceReport {
  readonly matched: number;
  readonly mismatches: readonly TraceMismatch[];
  /** by reason; only those that occur */
  readonly excused: Readonly<Record<string, number>>;
  readonly late: number;
  readonly notCompared: number;
  readonly unreadable: number;
  readonly misrouted: number;
  readonly lagSeconds: LagSeconds;
}

export interface TraceMismatch {
  readonly class: MismatchClass;
  readonly uid: string;
  readonly type: string;
  /** an item's id; events have none */
  readonly key?: string;
  readonly fields: readonly string[];
  /** when the two came to differ, seconds of the recording */
  readonly t: number;
}

export interface TraceResult {
  readonly report: TraceReport;
  readonly broken: readonly BrokenLine[];
}

/**
 * Holds a recording's two sides against each other, chats included, in virtual time. Keeps the whole recording
 * in memory. @throws CrossfadeError for settings that cannot be, Error where a rule's own function failed
 */
export function compareTrace(
  lines: Iterable<string>,
  settings: ComparingSettings = {},
  prefixes?: ChannelPrefixes,
): TraceResult {
  const broken: BrokenLine[] = [];
  const records = [...readTrace(lines, (each) => broken.push(each), prefixes)];
  const replay = new TraceReplay(settings, records[0]?.atMs ?? 0);
  // Both sources were there all along: no topic begins in the middle of a recording.
  for (const record of records) replay.open(record);
  for (const record of records) replay.play(record);
  return { report: replay.finish(), broken };
}

/** Longer than any window may be. */
const BEFORE_MS = 1_200_000;

class TraceReplay {
  private readonly clock: VirtualClock;
  private readonly comparer: StreamComparer;
  private readonly sessions = new Map<string, ComparisonSession>();
  private readonly recorder = new TraceRecorder();
  private readonly mismatches: TraceMismatch[] = [];

  constructor(settings: ComparingSettings, startMs: number) {
    this.clock = new VirtualClock(startMs - BEFORE_MS);
    this.comparer = new StreamComparer({
      clock: this.clock,
      recorder: this.recorder,
      // A recording tells when each gap began, and nothing of it may be dropped for a bound.
      settings: { ...settings, confirmMs: 0, samplesPerKind: 0, ...UNBOUNDED },
      listener: ({ uid }, type, { outcome, itemId, fields, sinceMs }) => {
        const place = { uid, type, ...(itemId === undefined ? {} : { key: itemId }) };
        this.mismatches.push({ class: outcome, ...place, fields, t: sinceMs / 1000 });
      },
    });
  }

  open(record: TraceRecord): void {
    if (record.kind === 'gap') return;
    const topic = record.kind === 'redis' ? record.topic : topicOfItem(record.uid, record.item);
    const key = topicKey(topic);
    if (this.sessions.has(key)) return;
    const session = this.comparer.begin(topic);
    for (const source of SOURCES) session.attached(source);
    this.sessions.set(key, session);
  }

  play(record: TraceRecord): void {
    this.clock.passTo(record.atMs);
    if (record.kind === 'gap') this.gap(record.edge);
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

  private gap(edge: 'begin' | 'end'): void {
    for (const session of this.sessions.values()) {
      if (edge === 'end') session.attached('redis');
      else session.detached('redis', { cause: 'link', sinceMs: this.clock.elapsedMs() });
    }
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

function topicOfItem(uid: string, item: unknown): Topic {
  const envelope = envelopeOfLegacyItem(uid, item);
  return envelope === undefined ? { uid } : topicOfEnvelope(envelope);
}

import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { ComparingSettings } from '../../src/comparing/comparing-settings.js';
import { StreamComparer } from '../../src/comparing/stream-comparer.js';
import { TappedComparer, type RecordingRequest } from '../../src/comparing/tapped-comparer.js';
import { compareTrace } from '../../src/comparing/trace-comparison.js';
import { readTrace } from '../../src/comparing/trace-reader.js';
import type { TraceReport } from '../../src/comparing/trace-report.js';
import type { TraceSink } from '../../src/comparing/trace-tap.js';
import { TraceRecorder } from '../../src/comparing/trace-recorder.js';
import { VirtualClock } from '../../src/comparing/virtual-clock.js';
import type { ComparisonSession } from '../../src/contracts/comparer.js';
import { digestName, digestText } from '../../src/domain/digest.js';
import { readEnvelope } from '../../src/domain/envelope.js';
import { envelopeOfLegacyItem, topicOfEnvelope } from '../../src/domain/legacy-item.js';
import { SOURCES, type Source } from '../../src/domain/source.js';
import { topicKey, type Topic } from '../../src/domain/topic.js';
import { UserEvent, type Envelope } from '../../src/domain/user-event.js';
import { FakeComparer } from '../fakes/fake-comparer.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { ManualClock } from '../manual-clock.js';
import { stamp } from './recording.js';

const RUNS = process.env['CROSSFADE_LONG'] === undefined ? 60 : 2_000;
jest.setTimeout(30_000 + RUNS * 200);
const EVERYTHING: RecordingRequest = { uids: undefined, withValues: false, forMs: 3_600_000 };
const SETTINGS: ComparingSettings = {
  confirmMs: 10_000,
  maxQueued: 100_000,
  maxQueuedItems: 1_000_000,
  maxPendingPerTopic: 100_000,
};

class Lines implements TraceSink {
  readonly lines: string[] = [];
  ended = false;
  takes = true;
  write(line: string): boolean {
    this.lines.push(line);
    return this.takes;
  }
  end(): void {
    this.ended = true;
  }
}

/** A comparison that runs, with somebody who records it. */
class Running {
  readonly clock = new VirtualClock(0);
  readonly recorder = new TraceRecorder();
  readonly mismatches: string[] = [];
  readonly sink = new Lines();
  readonly tapped: TappedComparer;
  private readonly sessions = new Map<string, ComparisonSession>();

  constructor() {
    const { clock, recorder } = this;
    const comparer = new StreamComparer({
      ...{ clock, recorder, settings: SETTINGS },
      listener: ({ uid }, type, { outcome, itemId, fields }) =>
        this.mismatches.push([outcome, uid, type, itemId, ...fields].join(' ')),
    });
    this.tapped = new TappedComparer({
      ...{ comparer, clock, recorder, settings: SETTINGS, mayShowValues: true },
      fingerprint: (text) => digestName(digestText(`key${text}`)),
    });
  }

  session(topic: Topic): ComparisonSession {
    let session = this.sessions.get(topicKey(topic));
    if (session === undefined) {
      session = this.tapped.begin(topic);
      this.sessions.set(topicKey(topic), session);
    }
    return session;
  }

  end(topic: Topic): void {
    this.sessions.get(topicKey(topic))?.end();
    this.sessions.delete(topicKey(topic));
  }

  arrived(source: Source, topic: Topic, envelope: Envelope): void {
    this.session(topic).arrived(new UserEvent(envelope, source, this.clock.elapsedMs()));
  }

  /** What the recording says once all is over. */
  finish(): TraceReport {
    this.clock.passTo(this.clock.elapsedMs() + 120_000);
    for (const tap of this.tapped.taps ?? []) tap.finish();
    this.clock.passToEnd();
    const { report, broken } = compareTrace(this.sink.lines);
    expect(broken).toEqual([]);
    expect(this.sink.ended).toBe(true);
    expect(this.tapped.taps).toBeUndefined();
    return report;
  }
}

const told = ({ mismatches }: TraceReport): string[] =>
  mismatches
    .map(({ class: outcome, uid, type, key, fields }) => [outcome, uid, type, key, ...fields].join(' '))
    .sort();

const folder = new URL('../traces/', import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.replace('.jsonl', ''));

describe('given a recording of a running comparison', () => {
  it.each(names)('says of %s what the comparison itself says', (name) => {
    const lines = readFileSync(new URL(`${name}.jsonl`, folder), 'utf8').split('\n');
    const records = [...readTrace(lines, () => undefined)];
    const running = new Running();
    const topics = new Map<string, Topic>();
    const spoken = records.flatMap((record) => {
      if (record.kind === 'gap') return [];
      const uid = record.kind === 'redis' ? record.topic.uid : record.uid;
      const envelope =
        record.kind === 'redis' ? readEnvelope(record.message, uid) : envelopeOfLegacyItem(uid, record.item);
      if (typeof envelope !== 'object') return [];
      const topic = record.kind === 'redis' ? record.topic : topicOfEnvelope(envelope);
      topics.set(topicKey(topic), topic);
      return [{ source: record.kind, topic, envelope, atMs: 60_000 + record.atMs }];
    });
    const gaps = records.flatMap((record) => (record.kind === 'gap' ? [record] : []));
    for (const topic of topics.values())
      for (const source of SOURCES) running.session(topic).attached(source);
    running.clock.passTo(1_000);
    running.tapped.record(EVERYTHING, running.sink);
    const acts = [
      ...spoken.map((each) => ({
        atMs: each.atMs,
        act: () => {
          running.arrived(each.source, each.topic, each.envelope);
        },
      })),
      ...gaps.map(({ atMs, edge }) => ({
        atMs: 60_000 + atMs,
        act: () => {
          for (const topic of topics.values()) {
            if (edge === 'end') running.session(topic).attached('redis');
            // Noticed at once: the labelled recordings know when a gap began.
            else running.session(topic).detached('redis', { cause: 'link', sinceMs: 60_000 + atMs });
          }
        },
      })),
    ];
    for (const { atMs, act } of acts.sort((a, b) => a.atMs - b.atMs)) {
      running.clock.passTo(atMs);
      act();
    }
    const report = running.finish();
    const expected = compareTrace(lines).report;
    expect(told(report)).toEqual(told(expected));
    expect(told(report)).toEqual([...running.mismatches].sort());
    const { matched, late, notCompared, lagSeconds } = expected;
    expect(report).toMatchObject({ matched, late, notCompared, lagSeconds });
    if (Object.keys(expected.excused).length > 0)
      expect(report.excused['redis_gap']).toBeGreaterThanOrEqual(expected.excused['redis_gap'] ?? 0);
  });

  const act = fc.record({
    what: fc.constantFrom(
      'say',
      'say',
      'say',
      'list',
      'list',
      'gap',
      'back',
      'wait',
      'wait',
      'end',
      'handover',
    ),
    user: fc.integer({ min: 0, max: 3 }),
    source: fc.constantFrom<Source>('legacy', 'redis'),
    n: fc.integer({ min: 0, max: 5 }),
  });

  it('says what the comparison itself says, whatever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
        const running = new Running();
        const topics = [0, 1, 2, 3].map((n) => ({
          uid: `u${n}`,
          ...(n < 2 ? {} : { chat: { spaceCode: 'sp1', threadKey: 'th1' } }),
        }));
        for (const topic of topics.slice(1)) running.session(topic).attached('legacy');
        for (const topic of topics.slice(1, 3)) running.session(topic).attached('redis');
        running.clock.passTo(70_000);
        running.tapped.record(EVERYTHING, running.sink);
        running.clock.passTo(140_000);
        for (const { what, user, source, n } of acts) {
          const topic: Topic = topics[user] ?? { uid: 'nobody' };
          const { uid, chat } = topic;
          const nowMs = running.clock.elapsedMs();
          ({
            say: () => {
              const message = { id: `m${n}`, content: `c${n % 2}`, read: false, message_type: 'MESSAGE' };
              const payload = { space_code: 'sp1', thread_key: 'th1', raw_messages: [message] };
              if (chat !== undefined) running.arrived(source, topic, { type: 'chat.message', uid, payload });
            },
            list: () => {
              const notifications = [{ doc_id: `d${n}`, status: source === 'legacy' ? null : 'info' }];
              const payload = { notifications, timestamp: stamp(nowMs / 1000) };
              if (chat === undefined) running.arrived(source, topic, { type: 'notif.sync', uid, payload });
            },
            gap: () => {
              running.session(topic).detached(source, { cause: 'link', sinceMs: nowMs - n * 1_500 });
            },
            back: () => {
              running.session(topic).attached(source);
            },
            wait: () => {
              running.clock.passTo(nowMs + n * 1_700);
            },
            end: () => {
              // What is told at the very moment of the end is not looked at any more.
              running.clock.passTo(nowMs + 1);
              running.end(topic);
            },
            handover: () => {
              running.session(topic).handover(n > 2);
            },
          })[what]();
        }
        const report = running.finish();
        expect(told(report)).toEqual([...running.mismatches].sort());
        expect(report.matched).toBe(running.recorder.counts.matched);
        expect(report.late).toBe(running.recorder.counts.late);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('given somebody who records', () => {
  let clock: ManualClock;
  let recorder: FakeRecorder;
  let inner: FakeComparer;
  let tapped: TappedComparer;
  let sink: Lines;
  const topic: Topic = { uid: 'u1' };

  beforeEach(() => {
    clock = new ManualClock();
    recorder = new FakeRecorder();
    inner = new FakeComparer();
    sink = new Lines();
    tapped = make({});
  });

  function make(settings: ComparingSettings, mayShowValues = false): TappedComparer {
    const fingerprint = (text: string): string => digestName(digestText(text));
    return new TappedComparer({ comparer: inner, settings, fingerprint, mayShowValues, clock, recorder });
  }

  const begin = (of: Topic = topic): ComparisonSession => {
    const session = tapped.begin(of);
    for (const source of SOURCES) session.attached(source);
    return session;
  };
  const say = (session: ComparisonSession, n: number, uid = 'u1', payload: object = {}): void => {
    session.arrived(new UserEvent({ type: `task.${n}`, uid, payload }, 'redis', clock.elapsedMs()));
  };
  const arrivals = (): string[] => sink.lines.filter((line) => !line.includes('"gap"'));

  it('sets no timer and keeps no session beyond its end while nobody does', () => {
    const session = begin();
    say(session, 1);
    session.end();
    tapped.record(EVERYTHING, sink).finish();
    clock.advance(1);
    expect(clock.pending).toBe(0);
    expect(sink.lines.filter((line) => line.includes('uid'))).toEqual([]);
    expect(inner.told).toEqual(
      ['begin', 'attached legacy', 'attached redis', 'arrived redis task.1', 'end'].map(
        (each) => `u1 ${each}`,
      ),
    );
  });

  it('only queues what is said, and writes it later', () => {
    const session = begin();
    tapped.record(EVERYTHING, sink);
    say(session, 1);
    expect(sink.lines).toEqual([]);
    clock.advance(1);
    expect(arrivals()).toHaveLength(1);
  });

  it('records only the users who are asked for', () => {
    const [one, two] = [begin(), begin({ uid: 'u2' })];
    tapped.record({ ...EVERYTHING, uids: new Set(['u2']) }, sink);
    say(one, 1);
    say(two, 2, 'u2');
    one.end();
    clock.advance(1);
    expect(sink.lines.filter((line) => line.includes('"u1"'))).toEqual([]);
    expect(arrivals()).toHaveLength(1);
  });

  it('ends by itself when the time is over, with nothing of it left', () => {
    const session = begin();
    tapped.record({ ...EVERYTHING, forMs: 5_000 }, sink);
    clock.advance(5_000);
    say(session, 1);
    clock.advance(1);
    expect(sink.ended).toBe(true);
    expect(tapped.taps).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  it('ends although the reader takes nothing any more', () => {
    const session = begin();
    sink.takes = false;
    tapped.record({ ...EVERYTHING, forMs: 5_000 }, sink);
    say(session, 1);
    clock.advance(15_000);
    expect(sink.ended).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('refuses a fifth recording, and one with values where they are not switched on', () => {
    for (let n = 0; n < 4; n++) tapped.record(EVERYTHING, new Lines());
    expect(() => tapped.record(EVERYTHING, sink)).toThrow(/4 recordings/);
    expect(() => make({}).record({ ...EVERYTHING, withValues: true }, sink)).toThrow(/no values/);
    tapped.close();
    expect(clock.pending).toBe(0);
  });

  it('shows values where they are switched on, but none under a redacted name', () => {
    tapped = make({ redact: ['secret'] }, true);
    const session = begin();
    tapped.record({ ...EVERYTHING, withValues: true }, sink);
    say(session, 1, 'u1', { plain: 'shown', secret: { deep: 'hidden' } });
    clock.advance(1);
    expect(arrivals().join()).toContain('shown');
    expect(arrivals().join()).not.toContain('hidden');
  });

  it('drops what a slow reader leaves waiting, says how much, and finds no fault in it', () => {
    const session = begin();
    sink.takes = false;
    const tap = tapped.record(EVERYTHING, sink);
    clock.advance(60_000);
    for (let n = 0; n < 25_000; n++) say(session, n);
    session.detached('redis', { cause: 'link', sinceMs: clock.elapsedMs() - 2_000 });
    clock.advance(10);
    sink.takes = true;
    tap.resume();
    clock.advance(10);
    const written = sink.lines.map((line) => JSON.parse(line) as { t: number; dropped?: number });
    const dropped = written.reduce((sum, line) => sum + (line.dropped ?? 0), 0);
    expect(arrivals().length + dropped).toBe(25_000);
    expect(dropped).toBeGreaterThan(10_000);
    expect(written.map(({ t }) => t)).toEqual([...written.map(({ t }) => t)].sort((a, b) => a - b));
    // What came and went meanwhile is told again.
    expect(sink.lines.at(-1)).toContain('"cause":"link","since":58');
    expect(compareTrace(sink.lines)).toMatchObject({ broken: [], report: { mismatches: [] } });
  });

  it('counts what cannot be written, says that it is missing, and goes on', () => {
    tapped = make({
      rules: [
        {
          type: 'task.1',
          normalise: () => {
            throw new Error('planted');
          },
        },
      ],
    });
    const session = begin();
    tapped.record(EVERYTHING, sink);
    say(session, 1);
    say(session, 2);
    clock.advance(1);
    expect(recorder.of('failed trace')).toBe(1);
    expect(arrivals()).toHaveLength(1);
    expect(sink.lines.filter((line) => line.includes('"dropped":1'))).toHaveLength(1);
    expect(inner.told.filter((line) => line.includes('arrived'))).toHaveLength(2);
  });
});

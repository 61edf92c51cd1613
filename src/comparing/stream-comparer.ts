import type { Cancel, Clock } from '../contracts/clock.js';
import type { Comparer } from '../contracts/comparer.js';
import type {
  ComparerLoad,
  ComparisonEvidence,
  EvidenceSums,
  PathCount,
  Sample,
  UserCount,
} from '../contracts/comparison-evidence.js';
import type { Recorder } from '../contracts/recorder.js';
import { digestName, digestText } from '../domain/digest.js';
import { SOURCES } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { UserEvent } from '../domain/user-event.js';
import { comparingBounds, type ComparingBounds, type ComparingSettings } from './comparing-settings.js';
import { DueWheel, TICK_MS } from './due-wheel.js';
import { Doubts, type Doubt } from './doubts.js';
import { HeldVerdicts } from './held-verdicts.js';
import type { Findings, Mismatch } from './mismatch.js';
import { Rules } from './rules.js';
import { Samples } from './samples.js';
import { TopicSession, type SessionDesk } from './topic-session.js';
import { UserSums } from './user-sums.js';
import { WorkQueue, type Work } from './work-queue.js';

/** How much is looked at in one go before the process may do other things. */
const SLICE_WORKS = 500;
const SLICE_MS = 2;
/** A sweep that comes so much too late was a process that stood still. */
const FROZEN_MS = 1_000;
const MOST_LANES = 64;

/** What a comparer is made of; `tellsMismatch` is told of each mismatch with its uid, for use on this machine only. */
export interface ComparerParts {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly settings?: ComparingSettings;
  readonly rules?: Rules;
  /** false: neither side hides anything, as when one source is held against itself */
  readonly legacyHides?: boolean;
  readonly tellsMismatch?: (topic: Topic, type: string, mismatch: Mismatch) => void;
}

/**
 * Holds the two sources of any number of topics against each other. What it is told is only queued; all else
 * happens in slices of at most 2 ms, on one timer, and nothing that goes wrong here reaches the caller.
 */
export class StreamComparer implements Comparer, ComparisonEvidence {
  private readonly bounds: ComparingBounds;
  private readonly rules: Rules;
  private readonly clock: Clock;
  private readonly recorder: Recorder;
  private readonly queue: WorkQueue;
  private readonly wheel = new DueWheel<TopicSession>();
  private readonly held: HeldVerdicts;
  private readonly kept: Samples;
  private readonly userSums: UserSums;
  /** doubts about every source of every topic: the process stood still */
  private readonly frozen = new Doubts();
  private readonly desk: SessionDesk;
  private readonly tellsMismatch: ComparerParts['tellsMismatch'];
  private drain: Cancel | undefined;
  private sweep: { readonly cancel: Cancel; readonly atMs: number } | undefined;
  private sessions = 0;
  private pending = 0;
  private items = 0;

  /** @throws CrossfadeError `invalid_rules` or `invalid_settings` */
  constructor(parts: ComparerParts) {
    const settings = parts.settings ?? {};
    this.bounds = comparingBounds(settings);
    this.rules = parts.rules ?? new Rules(settings.rules);
    this.clock = parts.clock;
    this.recorder = parts.recorder;
    this.tellsMismatch = parts.tellsMismatch;
    this.queue = new WorkQueue(this.bounds.maxQueued, this.bounds.maxQueuedItems);
    this.held = new HeldVerdicts(this.bounds.confirmMs);
    this.kept = new Samples(this.bounds.samplesPerKind);
    this.userSums = new UserSums(this.bounds.maxUsers);
    this.desk = this.makeDesk(parts.legacyHides ?? true);
  }

  begin(topic: Topic): TopicSession {
    this.sessions++;
    return new TopicSession(topic, this.desk);
  }

  sums(): EvidenceSums {
    return this.userSums.read();
  }

  beginAnew(): void {
    this.userSums.beginAnew();
  }

  sampling(): ReadonlyMap<string, number> {
    const sampled = this.rules.all().filter(({ sampleOneIn }) => sampleOneIn > 1);
    return new Map(sampled.map(({ type, sampleOneIn }) => [type, sampleOneIn]));
  }

  samples(): readonly Sample[] {
    return this.kept.newestFirst();
  }

  paths(limit: number): readonly PathCount[] {
    return this.kept.paths(limit);
  }

  worstUsers(limit: number): readonly UserCount[] {
    return this.userSums.worst(limit);
  }

  load(): ComparerLoad {
    return { sessions: this.sessions, queued: this.queue.size, pending: this.pending, items: this.items };
  }

  /** Looks at nothing any more, and leaves no timer. */
  close(): void {
    this.drain?.();
    this.sweep?.cancel();
    this.drain = this.sweep = undefined;
    while (this.queue.size > 0) this.queue.shift();
  }

  private makeDesk(legacyHides: boolean): SessionDesk {
    const { bounds } = this;
    return {
      rules: this.rules,
      legacyHides,
      maxLanes: MOST_LANES,
      maxPendingPerTopic: bounds.maxPendingPerTopic,
      rememberMs: bounds.rememberMs,
      redaction: bounds.sampleValues ? new Set(bounds.redact) : undefined,
      findingsOf: (session) => this.findingsOf(session),
      later: (session, applies) => {
        this.put({
          applies: () => {
            if (!session.isEnded) applies();
          },
        });
      },
      arrived: (session, event) => {
        this.put({
          event,
          looks: (each) => {
            if (!session.isEnded) session.look(each);
          },
          loses: (each) => {
            if (!session.isEnded) session.lose(each);
          },
        });
      },
      due: (session, dueMs) => {
        this.wheel.schedule(session, dueMs);
        this.armSweep();
      },
      ended: (session) => {
        this.sessions--;
        this.wheel.remove(session);
      },
      nowMs: () => this.clock.elapsedMs(),
    };
  }

  private put(work: Work): void {
    this.guarded(() => {
      this.queue.push(work);
      while (this.queue.isFull) {
        const oldest = this.queue.shift();
        if (oldest?.event === undefined) oldest?.applies();
        else oldest.loses(oldest.event);
      }
      this.armDrain();
    });
  }

  private armDrain(): void {
    this.drain ??= this.clock.after(0, () => {
      this.drain = undefined;
      this.drainSlice();
    });
  }

  private drainSlice(): void {
    const startMs = this.clock.elapsedMs();
    for (let n = 0; n < SLICE_WORKS && this.queue.size > 0; n++) {
      this.do(this.queue.shift());
      if (this.clock.elapsedMs() - startMs >= SLICE_MS) break;
    }
    if (this.queue.size > 0) this.armDrain();
  }

  private do(work: Work | undefined): void {
    if (work === undefined) return;
    if (work.event === undefined) {
      this.guarded(work.applies);
      return;
    }
    const { event, looks, loses } = work;
    this.guarded(
      () => {
        looks(event);
      },
      () => {
        loses(event);
      },
    );
  }

  /** The one timer: at the next moment at which something is due. */
  private armSweep(): void {
    const nextMs = Math.min(this.wheel.nextMs() ?? Infinity, this.held.nextMs() ?? Infinity);
    if (nextMs === Infinity || (this.sweep !== undefined && this.sweep.atMs <= nextMs)) return;
    this.sweep?.cancel();
    const atMs = Math.max(nextMs, this.clock.elapsedMs());
    const cancel = this.clock.after(atMs - this.clock.elapsedMs(), () => {
      this.sweep = undefined;
      this.guarded(() => {
        this.sweepAt(atMs);
      });
      this.armSweep();
    });
    this.sweep = { cancel, atMs };
  }

  private sweepAt(plannedMs: number): void {
    const nowMs = this.clock.elapsedMs();
    if (nowMs - plannedMs > FROZEN_MS) {
      // What came meanwhile still waits in the sockets: verdicts wait until it has been read.
      for (const source of SOURCES)
        this.frozen.add({ source, fromMs: plannedMs, untilMs: nowMs, reason: 'overload' });
      for (const session of this.wheel.take(nowMs)) this.wheel.schedule(session, nowMs + TICK_MS);
      return;
    }
    // Whoever is judged must have been heard: no further than the oldest arrival that still waits.
    const heardMs = Math.min(nowMs, this.queue.oldestMs() ?? nowMs);
    for (const session of this.wheel.take(nowMs)) this.judge(session, heardMs, nowMs);
    for (const verdict of this.held.take(heardMs)) verdict();
  }

  private judge(session: TopicSession, heardMs: number, nowMs: number): void {
    this.guarded(() => {
      session.judge(heardMs);
      session.doubts.forgetBefore(nowMs - this.forgetAfterMs);
    });
    if (heardMs < nowMs) this.wheel.schedule(session, nowMs + TICK_MS);
  }

  private get forgetAfterMs(): number {
    const longest = Math.max(...this.rules.all().map((rule) => rule.windowMs + rule.legacyRepeatMs));
    return 2 * longest + this.bounds.confirmMs + 60_000;
  }

  private findingsOf(session: TopicSession): Findings {
    const { recorder } = this;
    const user = digestName(digestText(this.bounds.salt + session.topic.uid));
    return {
      matched: (type) => {
        recorder.compared('matched', type);
        this.userSums.add(user, false);
      },
      mismatched: (type, mismatches) => {
        const verdict = (): void => {
          this.decide(session, user, type, mismatches);
        };
        if (this.bounds.confirmMs === 0 || mismatches.every(({ excusable }) => excusable === undefined))
          verdict();
        else {
          for (const early of this.held.hold(this.clock.elapsedMs(), verdict)) early();
          this.armSweep();
        }
      },
      excused: (type, { reason, cause }) => {
        recorder.excused(reason, type, cause);
      },
      notCompared: (type, reason) => {
        recorder.notCompared(reason, type);
      },
      late: (type) => {
        recorder.late(type);
      },
      lag: (type, lagMs) => {
        recorder.lag(type, lagMs);
      },
      doubt: (source, fromMs, untilMs) => this.doubt(session, { source, fromMs, untilMs }),
      dropped: (source, atMs, type) => {
        recorder.dropped('comparison');
        recorder.excused('overload', type);
        session.doubts.add({ source, fromMs: atMs, untilMs: atMs, reason: 'overload' });
      },
      holdPending: (count) => {
        if (count > 0 && this.pending + count > this.bounds.maxPending) return false;
        this.pending += count;
        return true;
      },
      holdItems: (count) => {
        if (count > 0 && this.items + count > this.bounds.maxItems) return false;
        this.items += count;
        return true;
      },
    };
  }

  private doubt(
    session: TopicSession,
    span: Pick<Doubt, 'source' | 'fromMs' | 'untilMs'>,
  ): Doubt | undefined {
    return (
      session.doubt(span.source, span.fromMs, span.untilMs) ??
      this.frozen.over(span.source, span.fromMs, span.untilMs)
    );
  }

  /** Counts a comparison that came out wrong, but for what a gap that was noticed meanwhile excuses. */
  private decide(session: TopicSession, user: string, type: string, mismatches: readonly Mismatch[]): void {
    const wrong = mismatches.filter(({ excusable }) => {
      const doubts = (excusable?.sources ?? []).map((source) =>
        this.doubt(session, { source, fromMs: excusable?.fromMs ?? 0, untilMs: excusable?.untilMs ?? 0 }),
      );
      const doubt = doubts.find((each) => each !== undefined);
      if (doubt !== undefined) this.recorder.excused(doubt.reason, type, doubt.cause);
      return doubt === undefined;
    });
    if (wrong.length === 0) return;
    this.userSums.add(user, true);
    for (const mismatch of wrong) {
      this.recorder.compared(mismatch.outcome, type);
      this.kept.add(this.sample(user, type, mismatch));
      this.tellsMismatch?.(session.topic, type, mismatch);
    }
  }

  private sample(user: string, type: string, mismatch: Mismatch): Sample {
    const { outcome, key, fields, sinceMs, legacy, redis, values } = mismatch;
    return {
      outcome,
      type,
      user,
      key: digestName(digestText(key)),
      fields,
      digests: { legacy: legacy && digestName(legacy), redis: redis && digestName(redis) },
      ageMs: this.clock.elapsedMs() - sinceMs,
      atMs: this.clock.nowMs(),
      ...(values === undefined ? {} : { values }),
    };
  }

  /** Whatever fails in here is a failure of the instrument, and of nobody else. */
  private guarded(task: () => void, otherwise?: () => void): void {
    try {
      task();
    } catch (error) {
      this.recorder.failed('compare', error);
      if (otherwise !== undefined) this.guarded(otherwise);
    }
  }
}

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
import { SOURCES } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { UserEvent } from '../domain/user-event.js';
import { ComparisonBook, type MatchListener, type MismatchListener } from './comparison-book.js';
import { comparingBounds, type ComparingBounds, type ComparingSettings } from './comparing-settings.js';
import { Doubts } from './doubts.js';
import { DueWheel, TICK_MS } from './due-wheel.js';
import { LetterRoom } from './letter-room.js';
import { Rules, type Rule } from './rules.js';
import { SlowRules } from './slow-rules.js';
import { HoldingLimit, SessionFindings, type SharedParts } from './session-findings.js';
import { TopicSession, type SessionDesk } from './topic-session.js';
import { WorkQueue, type Work } from './work-queue.js';

/** How much is looked at in one go before the process may do other things. */
const SLICE_WORKS = 500;
const SLICE_MS = 2;
/** A sweep that comes so much too late was a process that stood still. */
const FROZEN_MS = 1_000;
const MOST_LANES = 64;
/** about 45 MB, as half of what may wait to be looked at */
const MOST_ITEMS_BY_LETTER = 50_000;

/** What a comparer is made of. */
export interface ComparerParts {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly settings?: ComparingSettings;
  /** instead of those in the settings */
  readonly rules?: Rules;
  /** a source is held against itself; default false */
  readonly sameSource?: boolean;
  readonly listener?: MismatchListener;
  readonly onMatch?: MatchListener;
}

/**
 * Holds the two sources of any number of topics against each other. What it is told is only queued; all else
 * happens in slices of about 2 ms, on one timer, and nothing that goes wrong here reaches the caller.
 */
export class StreamComparer implements Comparer, ComparisonEvidence {
  private readonly bounds: ComparingBounds;
  private readonly rules: Rules;
  private readonly clock: Clock;
  private readonly recorder: Recorder;
  private readonly queue: WorkQueue<TopicSession>;
  private readonly book: ComparisonBook;
  private readonly shared: SharedParts;
  private readonly desk: SessionDesk;
  private readonly wheel = new DueWheel<TopicSession>();
  private readonly slowRules = new SlowRules();
  private drain: Cancel | undefined;
  private sweep: { readonly cancel: Cancel; readonly atMs: number } | undefined;
  private sessions = 0;

  /** @throws CrossfadeError `invalid_rules` or `invalid_settings` */
  constructor(parts: ComparerParts) {
    const settings = parts.settings ?? {};
    this.bounds = comparingBounds(settings);
    this.rules = parts.rules ?? new Rules(settings.rules);
    this.clock = parts.clock;
    this.recorder = parts.recorder;
    this.queue = new WorkQueue(this.bounds.maxQueued, this.bounds.maxQueuedItems);
    this.book = new ComparisonBook(this.recorder, this.clock, this.bounds, parts.listener, parts.onMatch);
    this.shared = {
      book: this.book,
      pending: new HoldingLimit(this.bounds.maxPending),
      items: new HoldingLimit(this.bounds.maxItems),
      letters: new LetterRoom(MOST_ITEMS_BY_LETTER),
      frozen: new Doubts(),
      held: () => {
        this.armSweep();
      },
    };
    this.desk = this.makeDesk(parts.sameSource ?? false);
  }

  begin(topic: Topic): TopicSession {
    this.sessions++;
    return new TopicSession(topic, new SessionFindings(topic, this.shared), this.desk);
  }

  sums(): EvidenceSums {
    return this.book.sums.read();
  }

  beginAnew(): void {
    this.book.sums.beginAnew();
  }

  sampling(): ReadonlyMap<string, number> {
    const sampled = this.rules.all().filter(({ sampleOneIn }) => sampleOneIn > 1);
    return new Map(sampled.map(({ type, sampleOneIn }) => [type, sampleOneIn]));
  }

  sampleOneIn(type: string): number | undefined {
    const rule = this.rules.ruleOf(type);
    return rule.compare === 'not' ? undefined : rule.sampleOneIn;
  }

  samples(): readonly Sample[] {
    return this.book.samples.newestFirst();
  }

  paths(limit: number): readonly PathCount[] {
    return this.book.samples.paths(limit);
  }

  worstUsers(limit: number): readonly UserCount[] {
    return this.book.sums.worst(limit);
  }

  load(): ComparerLoad {
    const { pending, items } = this.shared;
    return {
      sessions: this.sessions,
      queued: this.queue.size,
      pending: pending.count,
      items: items.count,
    };
  }

  /** Looks at nothing any more, and leaves no timer. */
  close(): void {
    this.drain?.();
    this.sweep?.cancel();
    this.drain = this.sweep = undefined;
    while (this.queue.size > 0) this.queue.shift();
  }

  private makeDesk(sameSource: boolean): SessionDesk {
    return {
      rules: this.rules,
      sameSource,
      maxLanes: MOST_LANES,
      maxPendingPerTopic: this.bounds.maxPendingPerTopic,
      rememberMs: this.bounds.rememberMs,
      redaction: this.bounds.sampleValues ? new Set(this.bounds.redact) : undefined,
      put: (work) => {
        this.put(work);
      },
      due: (session, dueMs) => {
        const stepMs = this.wheel.schedule(session, dueMs);
        if (this.sweep === undefined || stepMs < this.sweep.atMs) this.armSweep();
      },
      ended: (session) => {
        this.sessions--;
        this.wheel.remove(session);
        if (this.wheel.size === 0) this.armSweep();
      },
      nowMs: () => this.clock.elapsedMs(),
    };
  }

  /** Runs on the served path, for each arrival: no closure for it, and nothing is thrown. */
  private put(work: Work<TopicSession>): void {
    try {
      this.queue.push(work);
      while (this.queue.isFull) {
        const oldest = this.queue.shift();
        if (oldest?.event === undefined) oldest?.applies();
        else oldest.session.lose(oldest.event);
      }
      this.drain ??= this.clock.after(0, this.drainNext);
    } catch (error) {
      this.countFailure(error);
    }
  }

  private readonly drainNext = (): void => {
    this.drainSlice();
  };

  private drainSlice(): void {
    const startMs = this.clock.elapsedMs();
    for (let n = 0; n < SLICE_WORKS; n++) {
      const work = this.queue.shift();
      if (work === undefined) break;
      this.do(work);
      if (this.clock.elapsedMs() - startMs >= SLICE_MS) break;
    }
    this.drain = undefined;
    if (this.queue.size === 0) return;
    this.drain = this.clock.after(0, this.drainNext);
  }

  private do(work: Work<TopicSession>): void {
    if (work.event === undefined) {
      this.guarded(work.applies);
      return;
    }
    const { event, session } = work;
    if (this.isLooked(session, event)) return;
    this.guarded(() => {
      session.lose(event);
    });
  }

  /** False where it could not be looked at, or its rule may not be asked any more. */
  private isLooked(session: TopicSession, event: UserEvent): boolean {
    try {
      const rule = this.rules.ruleOf(event.type);
      if (!rule.runsCode) session.look(event, rule);
      else if (this.slowRules.isOff(rule)) return false;
      else this.lookTimed(session, event, rule);
      return true;
    } catch (error) {
      this.countFailure(error);
      return false;
    }
  }

  private lookTimed(session: TopicSession, event: UserEvent, rule: Rule): void {
    const startMs = this.clock.elapsedMs();
    try {
      session.look(event, rule);
    } finally {
      const tooSlow = this.slowRules.took(rule, this.clock.elapsedMs() - startMs);
      if (tooSlow !== undefined) this.countFailure(tooSlow);
    }
  }

  /** The one timer: set to the next moment at which something is due. */
  private armSweep(): void {
    const nextMs = Math.min(this.wheel.nextMs() ?? Infinity, this.book.held.nextMs() ?? Infinity);
    if (nextMs !== Infinity && this.sweep !== undefined && this.sweep.atMs <= nextMs) return;
    this.sweep?.cancel();
    this.sweep = undefined;
    if (nextMs === Infinity) return;
    const nowMs = this.clock.elapsedMs();
    const atMs = Math.max(nextMs, nowMs);
    const cancel = this.clock.after(atMs - nowMs, () => {
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
        this.shared.frozen.add({ source, fromMs: plannedMs, untilMs: nowMs, reason: 'overload' });
      for (const session of this.wheel.take(nowMs)) this.wheel.schedule(session, nowMs + TICK_MS);
      return;
    }
    // Whoever is judged must have been heard: no further than the oldest arrival that still waits.
    const heardMs = Math.min(nowMs, this.queue.oldestMs() ?? nowMs);
    for (const session of this.wheel.take(nowMs)) this.judge(session, heardMs, nowMs);
    for (const verdict of this.book.held.take(nowMs)) this.guarded(verdict);
  }

  private judge(session: TopicSession, heardMs: number, nowMs: number): void {
    const isDone = this.guarded(() => {
      session.judge(heardMs);
    });
    if (!isDone || heardMs < nowMs) this.wheel.schedule(session, nowMs + TICK_MS);
  }

  /** Whatever fails in here is a failure of the instrument, and of nobody else; false where it did. */
  private guarded(task: () => void): boolean {
    try {
      task();
      return true;
    } catch (error) {
      this.countFailure(error);
      return false;
    }
  }

  private countFailure(error: unknown): void {
    try {
      this.recorder.failed('compare', error);
    } catch {
      // A recorder that cannot even count its failure has nowhere left to say so.
    }
  }
}

import type { Clock } from '../contracts/clock.js';
import type { Comparer, ComparisonSession } from '../contracts/comparer.js';
import type { EventSource, SourceSink, SourceSubscription } from '../contracts/event-source.js';
import type { Recorder } from '../contracts/recorder.js';
import { digestText } from '../domain/digest.js';
import type { GapStart } from '../domain/gap.js';
import type { Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import { UserEvent } from '../domain/user-event.js';
import type { SelfTest, SelfTestSession } from './self-test.js';

export interface SelfTestedParts {
  readonly comparer: Comparer;
  readonly selfTest: SelfTest;
  /** the same source over a connection of its own; nobody is served by it */
  readonly second: EventSource;
  /** one user in so many is tested, always the same ones; 1 or more */
  readonly sampleOneIn: number;
  readonly clock: Clock;
  readonly recorder: Pick<Recorder, 'failed'>;
}

/**
 * A comparer that, for some of its users, also holds its Redis side against a second connection (A/A). The
 * comparison itself is told first and knows nothing of it; whatever fails in the self-test is counted.
 */
export class SelfTestedComparer implements Comparer {
  constructor(private readonly parts: SelfTestedParts) {}

  begin(topic: Topic): ComparisonSession {
    const { comparer, sampleOneIn, recorder } = this.parts;
    const session = comparer.begin(topic);
    if (digestText(topic.uid) % sampleOneIn !== 0) return session;
    try {
      return new SelfTestedSession(session, new Subject(topic, this.parts), recorder);
    } catch (error) {
      recorder.failed('self_test', error);
      return session;
    }
  }
}

/** Tells the comparison everything, and the self-test what comes from Redis. */
class SelfTestedSession implements ComparisonSession {
  constructor(
    private readonly session: ComparisonSession,
    private readonly subject: Subject,
    private readonly recorder: Pick<Recorder, 'failed'>,
  ) {}

  attached(source: Source): void {
    this.session.attached(source);
    if (source !== 'redis') return;
    this.test(({ test }) => {
      test.attached('first');
    });
  }

  detached(source: Source, gap: GapStart): void {
    this.session.detached(source, gap);
    if (source !== 'redis') return;
    this.test(({ test }) => {
      test.detached('first', gap);
    });
  }

  arrived(event: UserEvent): void {
    this.session.arrived(event);
    if (event.source !== 'redis') return;
    this.test(({ test }) => {
      test.arrived('first', event);
    });
  }

  handover(underway: boolean): void {
    this.session.handover(underway);
  }

  end(): void {
    this.session.end();
    this.test((subject) => {
      subject.end();
    });
  }

  private test(tell: (subject: Subject) => void): void {
    try {
      tell(this.subject);
    } catch (error) {
      this.recorder.failed('self_test', error);
    }
  }
}

/** One topic under test: hears the second connection by itself. */
class Subject implements SourceSink {
  readonly wants = 'events';
  readonly test: SelfTestSession;
  private readonly subscription: SourceSubscription;
  private attachedAtMs: number | undefined;
  private ended = false;

  constructor(
    topic: Topic,
    private readonly parts: SelfTestedParts,
  ) {
    this.test = parts.selfTest.begin(topic);
    try {
      this.subscription = parts.second.open(topic, this);
    } catch (error) {
      this.test.end();
      throw error;
    }
  }

  attached(): void {
    this.attachedAtMs = this.parts.clock.elapsedMs();
    this.guarded(() => {
      this.test.attached('second');
    });
  }

  detached(cause: GapStart['cause'], agoMs: number): void {
    const nowMs = this.parts.clock.elapsedMs();
    // Before it was attached it had nothing to miss.
    const sinceMs = Math.max(nowMs - agoMs, this.attachedAtMs ?? nowMs);
    this.guarded(() => {
      this.test.detached('second', { cause, sinceMs });
    });
  }

  event(envelope: UserEvent['envelope']): void {
    this.guarded(() => {
      this.test.arrived('second', new UserEvent(envelope, 'redis', this.parts.clock.elapsedMs()));
    });
  }

  bytes(): void {
    // Only where bytes are wanted.
  }

  rejected(): void {
    // Neither side compares what is rejected; the first connection counts it.
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    // First what others would have to bear: an open channel.
    this.subscription.close();
    this.test.end();
  }

  /** A source must not be thrown at. */
  private guarded(tell: () => void): void {
    if (this.ended) return;
    try {
      tell();
    } catch (error) {
      this.parts.recorder.failed('self_test', error);
    }
  }
}

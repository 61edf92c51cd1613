import type { Comparer, ComparisonSession } from '../contracts/comparer.js';
import type { Recorder } from '../contracts/recorder.js';
import type { GapStart } from '../domain/gap.js';
import { SOURCES, type Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { UserEvent } from '../domain/user-event.js';

/** The comparison of one topic while its stage compares: it may fail, the served path may not. */
export class Compared {
  private session: ComparisonSession | undefined;
  private isMoving = false;

  constructor(private readonly recorder: Recorder) {}

  /** Begins, unless it has begun; a session is told which sources are attached. */
  begin(comparer: Comparer, topic: Topic, isAttached: (source: Source) => boolean): void {
    if (this.session !== undefined) return;
    try {
      this.session = comparer.begin(topic);
    } catch (error) {
      this.recorder.failed('compare', error);
      return;
    }
    for (const source of SOURCES) {
      if (isAttached(source)) this.attached(source);
    }
  }

  /** Whether a handover is underway or its window open. */
  moving(isMoving: boolean): void {
    if (this.isMoving === isMoving || this.session === undefined) return;
    this.isMoving = isMoving;
    this.tell((session) => {
      session.handover(isMoving);
    });
  }

  attached(source: Source): void {
    this.tell((session) => {
      session.attached(source);
    });
  }

  detached(source: Source, gap: GapStart): void {
    this.tell((session) => {
      session.detached(source, gap);
    });
  }

  arrived(event: UserEvent): void {
    this.tell((session) => {
      session.arrived(event);
    });
  }

  end(): void {
    this.tell((session) => {
      session.end();
    });
    this.session = undefined;
  }

  private tell(what: (session: ComparisonSession) => void): void {
    if (this.session === undefined) return;
    try {
      what(this.session);
    } catch (error) {
      this.recorder.failed('compare', error);
    }
  }
}

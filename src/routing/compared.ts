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

  get hasBegun(): boolean {
    return this.session !== undefined;
  }

  /** Begins; a session is told which sources are attached. */
  begin(comparer: Comparer, topic: Topic, isAttached: (source: Source) => boolean): void {
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
    this.tell(MOVING, isMoving);
  }

  attached(source: Source): void {
    this.tell(ATTACHED, source);
  }

  detached(source: Source, gap: GapStart): void {
    this.tell(DETACHED, { source, gap });
  }

  arrived(event: UserEvent): void {
    this.tell(ARRIVED, event);
  }

  end(): void {
    this.tell(ENDED, undefined);
    this.session = undefined;
  }

  private tell<News>(how: (session: ComparisonSession, news: News) => void, news: News): void {
    if (this.session === undefined) return;
    try {
      how(this.session, news);
    } catch (error) {
      this.recorder.failed('compare', error);
    }
  }
}

// Made once: a function for each call was a good part of what a flag change leaves to collect.
const ATTACHED = (session: ComparisonSession, source: Source): void => {
  session.attached(source);
};
const DETACHED = (
  session: ComparisonSession,
  { source, gap }: { readonly source: Source; readonly gap: GapStart },
): void => {
  session.detached(source, gap);
};
const ARRIVED = (session: ComparisonSession, event: UserEvent): void => {
  session.arrived(event);
};
const MOVING = (session: ComparisonSession, isMoving: boolean): void => {
  session.handover(isMoving);
};
const ENDED = (session: ComparisonSession): void => {
  session.end();
};

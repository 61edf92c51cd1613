import type { GapStart } from '../domain/gap.js';
import type { Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { UserEvent } from '../domain/user-event.js';

/** Holds the two sources of a user against each other, off the served path. */
export interface Comparer {
  /** Begins with neither source attached. Never throws. */
  begin(topic: Topic): ComparisonSession;
}

/** The comparison of one topic, while its stage compares. No call throws or takes longer than to queue a thing. */
export interface ComparisonSession {
  attached(source: Source): void;
  detached(source: Source, gap: GapStart): void;
  /** An event that its source said, whether or not it was delivered. The event is not changed afterwards. */
  arrived(event: UserEvent): void;
  /** The user is being moved from one source to the other, until `end` is called with false. */
  handover(underway: boolean): void;
  /** What still awaits its partner is dropped without a verdict. */
  end(): void;
}

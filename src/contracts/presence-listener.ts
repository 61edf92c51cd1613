import type { GapStart } from '../domain/gap.js';
import type { Topic } from '../domain/topic.js';

/** Who is told how presence fares, of topics that are held here. Calls must not throw. */
export interface PresenceListener {
  /**
   * The topic's user is present: the publisher speaks. Comes after each first hold, also where presence
   * lingered from an earlier one, and again after each loss of the topic's own connection. `isFirst`: nobody here
   * was present as that uid before, so that the publisher says its first lists, unless somebody elsewhere was.
   */
  opened(topic: Topic, isFirst: boolean): void;
  /**
   * The publisher may be silent about the topic until its next message. `by` is `itself`: its own presence was
   * lost, and `opened` comes when it is back. `another`: one of the same uid was closed here or on another
   * replica, and the silence lasts 45 s at most. May come more than once.
   */
  lost(topic: Topic, gap: GapStart, by: 'itself' | 'another'): void;
}

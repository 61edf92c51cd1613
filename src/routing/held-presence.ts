import type { Presence, PresenceHold } from '../contracts/presence.js';
import type { Recorder } from '../contracts/recorder.js';
import type { Topic } from '../domain/topic.js';

/** Holds a topic's user present; undefined where the adapter fails against its promise, which harms nobody. */
export function holdPresence(presence: Presence, topic: Topic, recorder: Recorder): PresenceHold | undefined {
  try {
    return presence.hold(topic);
  } catch (error) {
    recorder.failed('presence', error);
    return undefined;
  }
}

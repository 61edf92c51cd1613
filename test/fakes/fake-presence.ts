import type { Presence, PresenceHold } from '../../src/contracts/presence.js';
import { topicKey, type Topic } from '../../src/domain/topic.js';

/** Knows who is present. */
export class FakePresence implements Presence {
  readonly present: string[] = [];

  hold(topic: Topic): PresenceHold {
    const key = topicKey(topic);
    this.present.push(key);
    let held = true;
    return {
      release: () => {
        if (held) this.present.splice(this.present.indexOf(key), 1);
        held = false;
      },
    };
  }
}

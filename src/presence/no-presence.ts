import type { Presence, PresenceHold } from '../contracts/presence.js';

const NOTHING: PresenceHold = Object.freeze({
  release: () => undefined,
});

/** Holds nobody present: for a host that tells the publisher itself, and for legacy mode. */
export class NoPresence implements Presence {
  hold(): PresenceHold {
    return NOTHING;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

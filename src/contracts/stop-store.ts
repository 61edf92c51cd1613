import type { Cancel } from './clock.js';

/** Where the fleet keeps one text, and where a new one is announced. Whatever rejects does so within seconds. */
export interface StopStore {
  /** The text, or undefined where there is none. Rejects with StopStoreRefused, or where there is no answer. */
  read(): Promise<string | undefined>;
  /** Puts `to` in the place of `from`, if that still stands there; says whether it did. Rejects as `read` does. */
  replace(from: string | undefined, to: string): Promise<boolean>;
  /** Tells everybody who listens, and says how many those are. Rejects as `read` does. */
  announce(text: string): Promise<number>;
  /** Tells of each announcement; some are lost, and some come twice. */
  listen(listener: (text: string) => void): Cancel;
  /** Tells each time that the store may be asked again after a break. */
  onConnected(listener: () => void): Cancel;
}

/** The store answered, and does not let this process do that. */
export class StopStoreRefused extends Error {
  override readonly name = 'StopStoreRefused';
}

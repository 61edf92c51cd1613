import type { Clock } from '../contracts/clock.js';
import type { Recorder } from '../contracts/recorder.js';

/** What every adapter is made with; `onClose` collects how each is closed, the last made first. */
export interface AdapterParts {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly onClose: (close: () => void | Promise<void>) => void;
}

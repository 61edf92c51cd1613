import type { Clock } from '../contracts/clock.js';
import type { FlagStorage, StoredFlags } from '../contracts/flag-storage.js';
import type { Recorder } from '../contracts/recorder.js';
import { isBelievable } from './read-stored-flags.js';

/** A confirmation alone is written down this often at most; a change at once. */
const SAVE_CONFIRMATION_EVERY_MS = 60_000;

/** The flags that the server really sent last, in every storage there is. Never throws, never waits. */
export class LastKnownGood {
  private savedAtMs = -Infinity;
  /** one save at a time in each storage, and only the newest of those that wait */
  private readonly savers: readonly Saver[];

  constructor(
    private readonly storages: readonly FlagStorage[],
    private readonly clock: Clock,
    private readonly recorder: Pick<Recorder, 'failed'>,
  ) {
    this.savers = storages.map((storage) => new Saver(storage, recorder));
  }

  /** What the storages hold. One that is damaged or does not answer is counted, and says nothing. */
  async load(limitMs: number): Promise<Loaded> {
    const answers = await Promise.all(this.storages.map((storage) => this.loadWithin(storage, limitMs)));
    const found = answers.filter((answer) => answer !== 'failed').filter((answer) => answer !== undefined);
    const nowMs = this.clock.nowMs();
    const newest = found.reduce<StoredFlags | undefined>(
      (best, stored) => (best === undefined || isNewer(stored, best, nowMs) ? stored : best),
      undefined,
    );
    if (newest === undefined) return { stored: undefined, isFirstStart: !answers.includes('failed') };
    return {
      stored: { ...newest, confirmedAtMs: Math.min(newest.confirmedAtMs, nowMs) },
      isFirstStart: false,
    };
  }

  /** Saves a state that has just been fetched. */
  changed(features: unknown): void {
    this.savedAtMs = this.clock.elapsedMs();
    const stored = { confirmedAtMs: this.clock.nowMs(), features };
    for (const saver of this.savers) saver.save(stored);
  }

  /** Saves now and then that the state is still what the server says. */
  confirmed(features: unknown): void {
    if (this.clock.elapsedMs() - this.savedAtMs >= SAVE_CONFIRMATION_EVERY_MS) this.changed(features);
  }

  private async loadWithin(
    storage: FlagStorage,
    limitMs: number,
  ): Promise<StoredFlags | undefined | 'failed'> {
    let cancel = (): void => undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      cancel = this.clock.after(limitMs, () => {
        reject(new Error(`A storage of the flags did not answer within ${limitMs} ms: see to it.`));
      });
    });
    try {
      return await Promise.race([storage.load(), limit]);
    } catch (error) {
      this.recorder.failed('read_flags', error);
      return 'failed';
    } finally {
      cancel();
    }
  }
}

/** What was saved last, and whether it is certain that nothing ever was. */
export interface Loaded {
  readonly stored: StoredFlags | undefined;
  readonly isFirstStart: boolean;
}

/** A state with a time to come is the last to be taken. */
function isNewer(a: StoredFlags, b: StoredFlags, nowMs: number): boolean {
  const [aCounts, bCounts] = [isBelievable(a, nowMs), isBelievable(b, nowMs)];
  return aCounts === bCounts ? a.confirmedAtMs > b.confirmedAtMs : aCounts;
}

class Saver {
  private saving = false;
  private next: StoredFlags | undefined;

  constructor(
    private readonly storage: FlagStorage,
    private readonly recorder: Pick<Recorder, 'failed'>,
  ) {}

  save(stored: StoredFlags): void {
    this.next = stored;
    if (!this.saving) void this.drain();
  }

  private async drain(): Promise<void> {
    this.saving = true;
    while (this.next !== undefined) {
      const stored = this.next;
      this.next = undefined;
      try {
        await this.storage.save(stored);
      } catch (error) {
        this.recorder.failed('read_flags', error);
      }
    }
    this.saving = false;
  }
}

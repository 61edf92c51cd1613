import { describe, expect, it } from '@jest/globals';
import type { FlagStorage, StoredFlags } from '../../src/contracts/flag-storage.js';
import { LastKnownGood } from '../../src/flags/last-known-good.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { ManualClock } from '../manual-clock.js';

/** A storage that a test answers by hand. */
class SlowStorage implements FlagStorage {
  readonly saves: StoredFlags[] = [];
  private settle: (() => void)[] = [];

  load = (): Promise<undefined> => Promise.resolve(undefined);

  save = (stored: StoredFlags): Promise<void> => {
    this.saves.push(stored);
    return new Promise((resolve) => this.settle.push(resolve));
  };

  async finish(): Promise<void> {
    for (const settle of this.settle.splice(0)) settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('given a storage that is slower than the flags change', () => {
  it('saves one after another, and of those that wait only the newest', async () => {
    const storage = new SlowStorage();
    const kept = new LastKnownGood([storage], new ManualClock(), new FakeRecorder());
    for (const features of [1, 2, 3, 4]) kept.changed(features);
    expect(storage.saves.map(({ features }) => features)).toEqual([1]);
    await storage.finish();
    expect(storage.saves.map(({ features }) => features)).toEqual([1, 4]);
    await storage.finish();
    expect(storage.saves).toHaveLength(2);
  });
});

describe('given confirmations', () => {
  it('writes one down a minute at most', async () => {
    const clock = new ManualClock();
    const storage = new SlowStorage();
    const kept = new LastKnownGood([storage], clock, new FakeRecorder());
    kept.changed('flags');
    for (let second = 0; second < 180; second++) {
      clock.advance(1_000);
      kept.confirmed('flags');
      await storage.finish();
    }
    expect(storage.saves).toHaveLength(4);
    expect(storage.saves.at(-1)?.confirmedAtMs).toBe(clock.nowMs());
  });
});

describe('given a storage that fails', () => {
  it('counts each failure and still serves the others', async () => {
    const recorder = new FakeRecorder();
    const broken: FlagStorage = {
      load: () => Promise.reject(new Error('broken')),
      save: () => Promise.reject(new Error('broken')),
    };
    const sound: FlagStorage = {
      load: () => Promise.resolve({ confirmedAtMs: 1, features: 'flags' }),
      save: () => Promise.resolve(),
    };
    const clock = new ManualClock();
    const kept = new LastKnownGood([broken, sound], clock, recorder);
    kept.changed('flags');
    expect(await kept.load(1_000)).toEqual({
      stored: { confirmedAtMs: 1, features: 'flags' },
      isFirstStart: false,
    });
    expect(recorder.of('failed read_flags')).toBe(2);
    expect(clock.pending).toBe(0);
  });
});

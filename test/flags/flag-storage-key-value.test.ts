import { describe, expect, it } from '@jest/globals';
import { FlagStorageKeyValue } from '../../src/flags/flag-storage-key-value.js';

const NOW_MS = 1_000_000_000;

function storage() {
  const texts = new Map<string, string>();
  const store = {
    get: (key: string) => Promise.resolve(texts.get(key) ?? null),
    set: (key: string, value: string) => Promise.resolve(texts.set(key, value)),
  };
  return { texts, storage: new FlagStorageKeyValue(store, 'flags', () => NOW_MS) };
}

const stored = (confirmedAtMs: number, features: unknown = {}) => ({ confirmedAtMs, features });

describe('given a key that a fleet shares', () => {
  it('gives back what was saved last', async () => {
    const { storage: shared } = storage();
    expect(await shared.load()).toBeUndefined();
    await shared.save(stored(NOW_MS - 10, 'old'));
    await shared.save(stored(NOW_MS, 'new'));
    expect(await shared.load()).toEqual(stored(NOW_MS, 'new'));
  });

  it('lets no replica that was held up put back what another has replaced', async () => {
    const { storage: shared } = storage();
    await shared.save(stored(NOW_MS, 'new'));
    await shared.save(stored(NOW_MS - 10, 'old'));
    expect(await shared.load()).toEqual(stored(NOW_MS, 'new'));
  });

  it('is not blocked by a replica whose clock was ahead', async () => {
    const { storage: shared } = storage();
    await shared.save(stored(NOW_MS + 3_600_000, 'from the future'));
    await shared.save(stored(NOW_MS, 'now'));
    expect(await shared.load()).toEqual(stored(NOW_MS, 'now'));
  });

  it('replaces what is damaged', async () => {
    const { storage: shared, texts } = storage();
    texts.set('flags', '{"confirmedAtMs":');
    await expect(shared.load()).rejects.toThrow();
    await shared.save(stored(NOW_MS, 'now'));
    expect(await shared.load()).toEqual(stored(NOW_MS, 'now'));
  });
});

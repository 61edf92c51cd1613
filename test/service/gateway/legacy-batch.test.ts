import { describe, expect, it } from '@jest/globals';
import { readLegacyBatch, type LegacyBatch } from '../../../src/service/gateway/legacy-batch.js';
import { RecentKeys } from '../../../src/service/gateway/recent-keys.js';

function batchOf(value: unknown): LegacyBatch {
  const batch = readLegacyBatch(typeof value === 'string' ? value : JSON.stringify(value));
  if (typeof batch === 'string') throw new Error(batch);
  return batch;
}

describe('given a batch of the legacy side', () => {
  it('reads one entry or many, tuples and envelopes, and keeps their order', () => {
    const tuple = { uid: 'u1', item: ['notifications', { count: 0 }], key: 'k1' };
    const envelope = { uid: 'u2', item: { type: 'task.progress_update', uid: 'u2', job_id: 7 } };
    expect(batchOf(tuple).entries).toEqual([{ kind: 'item', ...tuple }]);
    expect(batchOf([tuple, envelope])).toEqual({
      entries: [
        { kind: 'item', ...tuple },
        { kind: 'item', key: undefined, ...envelope },
      ],
      refused: [],
    });
  });

  it('reads what only Python writes', () => {
    expect(batchOf('{"uid": "u1", "item": ["messages", {"n": NaN}]}').entries).toEqual([
      { kind: 'item', uid: 'u1', item: ['messages', { n: null }], key: undefined },
    ]);
  });

  it.each([
    [7, /no object/],
    [{ item: ['a', {}] }, /^uid is no uid/],
    [{ uid: 'a b', item: ['a', {}] }, /^uid is no uid/],
    [{ uid: 'u' }, /^item is neither/],
    [{ uid: 'u', item: ['a'] }, /^item is neither/],
    [{ uid: 'u', item: ['', {}] }, /^item is neither/],
    [{ uid: 'u', item: { uid: 'u' } }, /^item is neither/],
    [{ uid: 'u', item: { type: 't', uid: 'v' } }, /another uid/],
    [{ uid: 'u', item: ['a', {}], key: 1 }, /^key is no text/],
    [{ uid: 'u', item: ['a', {}], key: 'k'.repeat(129) }, /^key is no text/],
    [{ uid: 'u', lost: 0 }, /^lost is no whole number/],
  ])('names %j by its index with the cure, and takes its neighbours', (bad, words) => {
    const good = { uid: 'u', item: ['a', {}] };
    const { entries, refused } = batchOf([good, bad, good]);
    expect(entries).toHaveLength(2);
    expect(refused).toEqual([{ index: 1, message: expect.stringMatching(words) }]);
    expect(refused[0]?.message).toMatch(/Give|Send/);
  });

  it('refuses the whole of what is no JSON or too long', () => {
    expect(readLegacyBatch('{')).toMatch(/no JSON/);
    expect(readLegacyBatch(JSON.stringify(Array.from({ length: 1_001 }, () => 0)))).toMatch(/1000 at most/);
  });
});

describe('given keys that were seen', () => {
  it('knows the newest, and forgets the oldest beyond its bound', () => {
    const keys = new RecentKeys(2);
    expect(['a', 'b', 'a', 'c', 'b', 'a'].map((key) => keys.isNew(key))).toEqual([
      true,
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});

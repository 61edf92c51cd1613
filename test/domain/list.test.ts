import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isList, listDigest, listItems, listStampMicros } from '../../src/domain/list.js';
import { UserEvent } from '../../src/domain/user-event.js';

const list = (notifications: unknown, timestamp?: unknown): UserEvent =>
  new UserEvent(
    { type: 'notif.sync', uid: 'u1', payload: { notifications, count: 1, timestamp } },
    'redis',
    0,
  );

describe('given a list', () => {
  it('is told by its type, and job updates are none', () => {
    expect(['notif.sync', 'msg.sync', 'notif.job_updated', 'notif.add'].map(isList)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('knows its items by doc_id, the last of two standing, and others by what they say', () => {
    const items = listItems(
      { notifications: [{ doc_id: 'a', n: 1 }, { doc_id: 'a', n: 2 }, { doc_id: 7 }, { n: 3 }, 'text'] },
      'notifications',
    );
    expect(items.get('a')).toEqual({ doc_id: 'a', n: 2 });
    expect([...items.keys()].map((key) => key.startsWith('#'))).toEqual([false, false, true, true]);
  });

  it('has the same digest in any order, and another when an item changes', () => {
    const item = fc.record({
      doc_id: fc.string({ minLength: 1 }),
      status: fc.string(),
      n: fc.oneof(fc.integer(), fc.double({ noNaN: true })),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(item, { selector: (each) => each.doc_id, minLength: 1, maxLength: 20 }),
        (items) => {
          const digest = listDigest(list(items));
          expect(listDigest(list([...items].reverse()))).toBe(digest);
          expect(listDigest(list([{ ...items[0], status: 'quite another' }, ...items.slice(1)]))).not.toBe(
            digest,
          );
          expect(listDigest(list(items.slice(1)))).not.toBe(digest);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([[undefined], [null], ['text'], [[]]])(
    'is an empty one where its items are %p',
    (notifications) => {
      expect(listDigest(list(notifications))).toBe(0);
    },
  );

  it('says when it was read, to the microsecond, or what its envelope says', () => {
    expect(listStampMicros(list([], '2025-09-20T11:44:00.123456+00:00'))).toBe(1758368640123456);
    expect(
      listStampMicros(
        new UserEvent({ type: 'notif.sync', uid: 'u', timestamp: '2025-09-20T11:44:00+00:00' }, 'redis', 0),
      ),
    ).toBe(1758368640000000);
    expect(listStampMicros(list([], 'yesterday'))).toBeUndefined();
  });
});

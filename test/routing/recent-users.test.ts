import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RecentUsers } from '../../src/routing/recent-users.js';

const steps = fc.array(
  fc.oneof(
    fc.record({ uid: fc.constantFrom('a', 'b', 'c', 'd'), said: fc.nat() }),
    fc.constant('drop' as const),
  ),
);

describe('given users of whom something is said again and again', () => {
  it('keeps what was said last, in the order in which it was said', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const users = new RecentUsers<number>();
        const model = new Map<string, number>();
        for (const step of all) {
          if (step === 'drop') {
            users.dropOldest();
            for (const uid of [...model.keys()].slice(0, 1)) model.delete(uid);
          } else {
            expect(users.set(step.uid, step.said)).toBe(model.get(step.uid));
            model.delete(step.uid);
            model.set(step.uid, step.said);
          }
          expect([...users.values()]).toEqual([...model.values()]);
          expect([users.size, users.oldest]).toEqual([model.size, [...model.values()][0]]);
          for (const uid of 'abcd') expect(users.get(uid)).toBe(model.get(uid));
        }
        users.clear();
        expect([users.size, users.oldest]).toEqual([0, undefined]);
      }),
    );
  });
});

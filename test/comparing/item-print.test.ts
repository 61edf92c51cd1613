import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ItemPrint } from '../../src/comparing/item-print.js';
import { Leniency } from '../../src/comparing/path.js';
import { canonicalItem, sameItem } from '../../src/domain/canonical-item.js';
import { sameValue } from '../../src/domain/canonical-value.js';
import type { JsonObject } from '../../src/domain/user-event.js';

const RUNS = process.env['CROSSFADE_LONG'] === undefined ? 2_000 : 100_000;

// Few values, so that two items often agree, and all that the contract takes for the same is among them.
const value = fc.constantFrom<unknown>(
  ...[
    null,
    '',
    'None',
    'info',
    'Document',
    'a',
    'a - info',
    'Document - info',
    'None - None',
    0,
    1,
    1.5,
    true,
  ],
  // Legacy is no JSON: it says objects of JavaScript.
  ...[undefined, 1n, 2n, new Date(0), new Date(1)],
  ...[false, '/edit_form/a', '/edit_form/None', '/edit_form/', {}, [], [1], { x: 'a' }, { x: null }],
  ...["{'x': 'a'}", '{"x": "a"}', '2025-09-20T11:44:00+00:00', { timestamp: 1, x: 'a' }],
);
const KEYS = ['message', 'file_name', 'url', 'status', 'read', 'doc_id', 'job_id', 'additional_info'];
const names = fc.constantFrom(...KEYS, 'timestamp', 'constructor', 'extra');
const item = fc.dictionary(names, value, { maxKeys: 8, noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
/** Another item, or the same but for one key. */
const pair = fc.oneof(
  fc.tuple(item, item),
  fc.tuple(item, names, value).map(([a, name, of]) => [a, { ...a, [name]: of }] as const),
  item.map((a) => [a, structuredClone(a)] as const),
  fc.tuple(item, names, names, value).map(
    ([a, b, c, of]) =>
      [
        { ...a, [b]: undefined },
        { ...a, [c]: of },
      ] as const,
  ),
);

describe('given any two items', () => {
  it('holds them to be the same exactly where their canonical forms are', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(sameItem(a, b)).toBe(sameValue(canonicalItem(a), canonicalItem(b)));
      }),
      { numRuns: RUNS },
    );
  });

  it.each([
    undefined,
    new Leniency(['status', 'read'], {}),
    new Leniency(['status'], {
      read: () => 'any',
      extra: (said) => (said instanceof Date ? said.getTime() : said),
    }),
  ])('comes to the same by their letters, by their digests, and by one of each', (leniency) => {
    const verdict = (a: JsonObject, b: JsonObject, dropA: boolean, dropB: boolean): boolean => {
      const [left, right] = [new ItemPrint(a, leniency), new ItemPrint(b, leniency)];
      if (dropA) left.dropLetters(leniency);
      if (dropB) right.dropLetters(leniency);
      return left.isSame(right, leniency);
    };
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const byLetters = verdict(a, b, false, false);
        expect(verdict(a, b, true, false)).toBe(byLetters);
        expect(verdict(a, b, false, true)).toBe(byLetters);
        expect(verdict(a, b, true, true)).toBe(byLetters);
      }),
      { numRuns: RUNS },
    );
  });
});

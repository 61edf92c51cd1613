import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { differingPaths, digestValue, sameValue } from '../../src/domain/canonical-value.js';

/** The same value as the other source might say it: keys in another order, empties added, other timestamps. */
function disguised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(disguised);
  if (typeof value !== 'object' || value === null) return value === null ? '' : value;
  const entries = Object.entries(value).map(([key, part]) => [key, disguised(part)] as const);
  return Object.fromEntries([
    ...entries.reverse(),
    ...(Object.hasOwn(value, 'nothing') ? [] : [['nothing', null]]),
    ['timestamp', 'now'],
  ]);
}

describe('given two JSON values', () => {
  it('are the same, with the same digest, in any disguise that is no fault', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const other = disguised(value);
        expect(sameValue(value, other)).toBe(true);
        expect(sameValue(other, value)).toBe(true);
        expect(digestValue(other)).toBe(digestValue(value));
        expect(differingPaths(value, other)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([Number.NaN, Infinity, -Infinity])('takes %p, which Redis cannot say, for nothing', (value) => {
    expect(sameValue({ a: value }, { a: null })).toBe(true);
    expect(sameValue({}, { a: value })).toBe(true);
    expect(digestValue({ a: value })).toBe(digestValue({}));
  });

  it('agree on being different: equality, digest and paths', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
        const same = sameValue(a, b);
        expect(sameValue(b, a)).toBe(same);
        expect(digestValue(a) === digestValue(b)).toBe(same);
        expect(differingPaths(a, b).length === 0).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  it('name the paths that differ, elements of arrays alike, and only so many', () => {
    expect(differingPaths({ a: [{ b: 1 }, { b: 2 }], c: 1 }, { a: [{ b: 3 }, { b: 4 }] })).toEqual([
      'a.*.b',
      'c',
    ]);
    const wide = Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`k${n}`, n]));
    expect(differingPaths(wide, {})).toHaveLength(20);
  });

  it('do not exhaust the stack, and do not mistake what objects inherit for a value', () => {
    const deep = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as unknown;
    expect(sameValue(deep, JSON.parse('['.repeat(4999) + '1' + ']'.repeat(4999)))).toBe(true);
    expect(digestValue(deep)).toBeGreaterThan(0);
    expect(sameValue({}, { constructor: '' })).toBe(true);
    expect(sameValue({}, { constructor: 'x' })).toBe(false);
    expect(sameValue({ toString: '' }, {})).toBe(true);
  });
});

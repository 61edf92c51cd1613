import { describe, expect, it } from '@jest/globals';
import { addDigest, digestName, digestPair, digestText } from '../../src/domain/digest.js';

describe('given a digest', () => {
  it('is a whole number below 2^52, also as a sum', () => {
    let sum = 0;
    for (let n = 0; n < 2000; n++) {
      const digest = digestText(`text ${n}`);
      sum = addDigest(sum, digestPair(digest, sum));
      for (const each of [digest, sum]) {
        expect(Number.isSafeInteger(each)).toBe(true);
        expect(each).toBeGreaterThanOrEqual(0);
        expect(each).toBeLessThan(2 ** 52);
      }
    }
  });

  it('differs between 200,000 short texts', () => {
    const seen = new Set<number>();
    for (let n = 0; n < 200_000; n++) seen.add(digestText(n.toString(36)));
    expect(seen.size).toBe(200_000);
  });

  it('keeps the order of a pair, and has a short name that does not change between versions', () => {
    expect(digestPair(1, 2)).not.toBe(digestPair(2, 1));
    expect(digestName(digestText('crossfade'))).toMatchInlineSnapshot(`"13zgsfccgb1"`);
  });
});

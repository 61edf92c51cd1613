import { describe, expect, it } from '@jest/globals';
import { backoffMs } from '../../src/presence/backoff.js';

describe('given failures in a row', () => {
  it.each([
    [1, 250, 500],
    [2, 500, 1000],
    [7, 15_000, 30_000],
    [8, 15_000, 30_000],
    [1_000_000, 15_000, 30_000],
  ])('waits after %d between %d and %d ms', (failures, least, most) => {
    expect(backoffMs(failures, () => 0)).toBe(least);
    expect(backoffMs(failures, () => 1)).toBe(most);
  });
});

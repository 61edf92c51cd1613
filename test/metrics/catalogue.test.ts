import { describe, expect, it } from '@jest/globals';
import { CATALOGUE, type CatalogueEntry } from '../../src/metrics/catalogue.js';
import { CONTROL_CATALOGUE } from '../../src/metrics/control-catalogue.js';

const ENTRIES: readonly CatalogueEntry[] = [...Object.values(CATALOGUE), ...Object.values(CONTROL_CATALOGUE)];

describe('given the catalogue of metrics', () => {
  it('names each metric once, in base units, with the ending of its kind', () => {
    expect(new Set(ENTRIES.map(({ name }) => name)).size).toBe(ENTRIES.length);
    for (const { name, type, unit } of ENTRIES) {
      expect(name).toMatch(/^crossfade_[a-z]+(_[a-z]+)*$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(/_seconds(_total)?$/.test(name)).toBe(unit === 'seconds');
    }
  });

  it('gives only closed lists of label values, and never a uid', () => {
    for (const { labels } of ENTRIES) {
      expect(Object.keys(labels)).not.toContain('uid');
      expect(Object.keys(labels).length).toBeLessThanOrEqual(2);
      for (const values of Object.values(labels)) expect(new Set(values).size).toBe(values.length);
    }
  });

  it('gives a histogram, and nothing else, ascending buckets and one label', () => {
    for (const { type, buckets, labels } of ENTRIES) {
      expect(buckets !== undefined).toBe(type === 'histogram');
      if (buckets === undefined) continue;
      expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
      expect(Object.keys(labels)).toHaveLength(1);
    }
  });
});

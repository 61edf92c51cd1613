import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CATALOGUE, type CatalogueEntry } from '../../src/metrics/catalogue.js';

const ENTRIES: readonly CatalogueEntry[] = Object.values(CATALOGUE);
const DOCUMENT = new URL('../../docs/metrics.md', import.meta.url);

/** The row that docs/metrics.md must hold for a metric. */
function rowOf({ name, type, unit, labels, help }: CatalogueEntry): string {
  const names = Object.keys(labels);
  const written = names.length === 0 ? '–' : names.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | ${unit} | ${written} | ${help} |`;
}

/** A table row without the padding that the formatter puts into it. */
function unpadded(row: string): string {
  return row.replace(/ +\|/g, ' |').replace(/\| +/g, '| ');
}

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

describe('given docs/metrics.md', () => {
  const rows = readFileSync(DOCUMENT, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `crossfade_'))
    .map(unpadded);

  it('documents every metric as it is made, and no other', () => {
    expect(rows).toEqual(ENTRIES.map(rowOf));
  });

  it('lists every value of every label', () => {
    const text = readFileSync(DOCUMENT, 'utf8');
    for (const { labels } of ENTRIES)
      for (const value of Object.values(labels).flat()) expect(text).toContain(`\`${value}\``);
  });
});

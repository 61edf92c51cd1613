import { describe, expect, it } from '@jest/globals';
import { ALL_METRICS } from '../../ops/reference/metric.js';
import { withMetricsReference } from '../../ops/reference/metrics-reference.js';
import { committed, writtenFiles } from '../../ops/written-files.js';

describe('given the files that the code writes', () => {
  it('has them committed as they would be written now (else: npm run ops:write)', async () => {
    for (const { path, text } of await writtenFiles()) expect([path, committed(path)]).toEqual([path, text]);
  });
});

describe('given docs/metrics.md', () => {
  const text = committed('docs/metrics.md');

  it('has one entry for every metric, with type, unit, what it says and what to do', () => {
    const entries = text.split(/^### /m).filter((entry) => entry.startsWith('`crossfade_'));
    expect(entries.map((entry) => entry.split('`')[1])).toEqual(ALL_METRICS.map(({ name }) => name));
    for (const [index, { type, unit, help }] of ALL_METRICS.entries()) {
      expect(entries[index]).toContain(`${type}, ${unit}`);
      expect(entries[index]).toContain(help);
      expect(entries[index]).toMatch(/\*\*Do:\*\* \S/);
    }
  });

  it('lists every value of every label', () => {
    for (const { labels } of ALL_METRICS)
      for (const value of Object.values(labels).flat()) expect(text).toContain(`\`${value}\``);
  });

  it('is not written where a mark is missing', () => {
    expect(() => withMetricsReference('# Metrics')).toThrow(/lacks its marks/);
  });
});

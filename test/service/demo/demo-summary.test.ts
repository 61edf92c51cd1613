import { describe, expect, it } from '@jest/globals';
import { readScrape } from '../../../src/service/demo/demo-reading.js';
import {
  demoSummary,
  plantedAgainstCounted,
  type DemoOutcome,
} from '../../../src/service/demo/demo-summary.js';
import { MetricSamples } from '../../../src/service/demo/metric-samples.js';

const METRICS = `
crossfade_events_delivered_total{source="legacy",type="notif.sync"} 1200
crossfade_events_delivered_total{source="redis",type="notif.sync"} 300
crossfade_comparisons_total{class="matched",type="notif.sync"} 990
crossfade_comparisons_total{class="missing_in_redis",type="chat.message"} 10
crossfade_excused_total{reason="warm_up",type="notif.sync"} 4
`;

function outcome(changes: Partial<DemoOutcome> = {}): DemoOutcome {
  return {
    reading: readScrape({ samples: new MetricSamples(METRICS), atMs: 0 }),
    counted: [
      { class: 'matched', type: 'notif.sync', count: 990 },
      { class: 'missing_in_redis', type: 'chat.message', count: 10 },
      { class: 'duplicate', type: 'chat.message', count: 0 },
    ],
    planted: [
      { class: 'missing_in_redis', type: 'chat.message', count: 9 },
      { class: 'different', type: 'notif.sync', count: 1 },
    ],
    faults: [{ fault: 'drop', type: 'chat.message', count: 9 }],
    elapsedMs: 20_400,
    ...changes,
  };
}

describe('given a demo that has ended', () => {
  it('holds what was planted against what was counted', () => {
    expect(plantedAgainstCounted(outcome())).toEqual([
      { class: 'different', type: 'notif.sync', planted: 1, counted: 0 },
      { class: 'missing_in_redis', type: 'chat.message', planted: 9, counted: 10 },
    ]);
  });

  it('sums it up for a person', () => {
    expect(demoSummary(outcome()).join('\n')).toBe(`
After 20 s
  delivered   1'200 events from legacy, 300 from redis
  parity      99.000 % (990 matched, 10 mismatched, 4 excused)
  lag         p50 – ms, p99 – ms (redis after legacy)
  faults      drop chat.message ×9
  mismatches                            planted  counted
    different notif.sync                      1        0
    missing_in_redis chat.message             9       10`);
  });

  it('says plainly when nothing was compared, and is silent about faults that were not', () => {
    const reading = readScrape({ samples: new MetricSamples(''), atMs: 0 });
    const text = demoSummary(outcome({ reading, counted: [], planted: [], faults: [] })).join('\n');
    expect(text).toContain('nothing was compared');
    expect(text).not.toMatch(/faults|planted/);
  });
});

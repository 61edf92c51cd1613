import { expect } from '@jest/globals';
import type { FaultRow } from './fault-row.js';
import { FAULTS } from './faults.js';
import { LINK_COUNTED, LINK_SEEN } from './seen.js';

const resubscribed = (channels: number, well: number): FaultRow => ({
  fault: `${channels.toLocaleString('en')} channels resubscribed`,
  words: {
    live: {
      user: 'legacy until the own channel is acknowledged, the busiest first',
      metrics: 'a `link` gap per topic, that ends with its own batch of at most 1,000',
    },
  },
  apply: FAULTS.redisKilled,
  lastsMs: 1_000,
  scene: { users: channels, everybodyIsPresent: true },
  isNoticed: LINK_SEEN,
  counted: LINK_COUNTED,
  atMostMs: { noticed: 10_000, well },
});

export const LOAD_ROWS: readonly FaultRow[] = [
  {
    fault: '1 MB message',
    words: {
      live: {
        user: 'it is delivered whole; others wait some milliseconds',
        metrics: 'nothing but one more event',
      },
    },
    apply: FAULTS.bigMessage,
    lastsMs: 1_000,
    also: ({ books }) => {
      expect(books.reported).toEqual([]);
    },
    atMostMs: { well: 1_000 },
  },
  resubscribed(5_000, 60_000),
  resubscribed(50_000, 120_000),
];

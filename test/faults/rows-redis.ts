import { FAULTS } from './faults.js';
import type { FaultRow } from './fault-row.js';
import { gaps, legacyServes, LINK_COUNTED, LINK_SEEN } from './seen.js';

const LIVE = {
  user: 'legacy at once; nothing that both sources carry is lost or doubled',
  metrics: '`crossfade_redis_up` 0; a `link` gap per topic; a handover to `legacy`, `at_once`, and one back',
};
const COMPLETE = {
  user: 'nothing until Redis is back, then each list re-read; after 10 s legacy is opened again',
  metrics: '`crossfade_redis_up` 0; a `link` gap per topic; a resync per topic, `answered`',
};

export const REDIS_ROWS: readonly FaultRow[] = [
  {
    fault: 'Redis killed (`kill -9`) and back',
    words: { live: LIVE, complete: COMPLETE },
    apply: FAULTS.redisKilled,
    lastsMs: 3_000,
    briskMs: 500,
    isNoticed: LINK_SEEN,
    counted: LINK_COUNTED,
    atMostMs: { noticed: 1_000, well: 20_000 },
  },
  {
    fault: 'Redis away for 20 s',
    words: {
      complete: {
        user: 'nothing for 10 s, then legacy; once Redis has been well for 10 s, Redis again',
        metrics: '`crossfade_redis_up` 0; a handover to `legacy`; a `link` gap per topic',
      },
    },
    apply: FAULTS.redisKilled,
    lastsMs: 20_000,
    isNoticed: { complete: legacyServes },
    counted: { complete: [gaps('link')] },
    atMostMs: { noticed: 14_000, well: 40_000 },
  },
  {
    fault: 'Redis restarted empty',
    words: { live: LIVE, complete: COMPLETE },
    apply: FAULTS.redisEmptied,
    lastsMs: 1_000,
    isNoticed: LINK_SEEN,
    counted: LINK_COUNTED,
    atMostMs: { noticed: 1_000, well: 20_000 },
  },
];

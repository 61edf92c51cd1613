import { FAULTS } from './faults.js';
import type { FaultRow } from './fault-row.js';
import { LINK_COUNTED, LINK_SEEN } from './seen.js';

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
    isNoticed: LINK_SEEN,
    counted: LINK_COUNTED,
    atMostMs: { noticed: 1_000, well: 20_000 },
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

import { FAULTS } from './faults.js';
import type { FaultRow } from './fault-row.js';
import { doubted, gaps, legacyServes, LINK_COUNTED, LINK_SEEN } from './seen.js';

const LIVE = {
  user: 'legacy at once; nothing that both sources carry is lost or doubled',
  metrics: 'a `link` gap per topic; a handover to `legacy`, `at_once`, and one back',
};
const COMPLETE = {
  user: 'a pause of some tenths of a second, then each list re-read',
  metrics: 'a `link` gap per topic; a resync per topic, `answered`',
};

export const LINK_ROWS: readonly FaultRow[] = [
  {
    fault: 'link reset',
    words: { live: LIVE, complete: COMPLETE },
    apply: FAULTS.linkReset,
    lastsMs: 500,
    counted: LINK_COUNTED,
    atMostMs: { well: 20_000 },
  },
  {
    fault: 'link swallowed (black hole) for 5 s',
    words: {
      live: {
        user: 'legacy once it is noticed; what Redis did not bring until then is filled from legacy, nothing twice',
        metrics:
          '`crossfade_redis_up` 0; a `link` gap per topic, dated from the last proof; a handover to `legacy`',
      },
      complete: {
        user: 'nothing until the link is back, then each list re-read; after 10 s legacy is opened again',
        metrics:
          '`crossfade_redis_up` 0; a `link` gap per topic, dated from the last proof; a resync per topic',
      },
    },
    apply: FAULTS.linkSwallowed,
    lastsMs: 5_000,
    isNoticed: LINK_SEEN,
    counted: LINK_COUNTED,
    atMostMs: { noticed: 2_500, well: 25_000 },
  },
  {
    fault: 'link that answers and brings nothing',
    words: {
      live: {
        user: 'legacy once a canary is missed; what Redis did not bring until then is filled from legacy, nothing twice',
        metrics:
          '`crossfade_canaries_total{result="lost"}`, `crossfade_redis_doubts{reason="canary"}` 1; a `canary` gap per topic',
      },
      complete: {
        user: 'nothing until a canary comes home, then each list re-read; after 10 s legacy is opened again',
        metrics:
          '`crossfade_canaries_total{result="lost"}`, `crossfade_redis_doubts{reason="canary"}` 1; a `canary` gap per topic',
      },
    },
    apply: FAULTS.linkDeaf,
    lastsMs: 8_000,
    isNoticed: { live: legacyServes, complete: doubted('canary') },
    counted: {
      live: [gaps('canary'), 'crossfade_canaries_total{result="lost"}'],
      complete: [gaps('canary'), 'crossfade_resyncs_total{result="answered"}'],
    },
    atMostMs: { noticed: 6_000, well: 30_000 },
  },
  {
    fault: 'link slow, 200 ms each way',
    words: { live: { user: 'everything, 200 ms later', metrics: '`crossfade_lag_seconds` rises; no gap' } },
    apply: FAULTS.linkSlow,
    lastsMs: 3_000,
    atMostMs: { well: 5_000 },
  },
  {
    fault: 'link slow, 2 s each way',
    words: {
      live: { user: 'as with a black hole: such a link counts as dead', metrics: 'as with a black hole' },
      complete: { user: 'as with a black hole', metrics: 'as with a black hole' },
    },
    apply: FAULTS.linkVerySlow,
    lastsMs: 8_000,
    isNoticed: LINK_SEEN,
    counted: LINK_COUNTED,
    atMostMs: { noticed: 4_500, well: 30_000 },
  },
  {
    fault: '`CLIENT KILL TYPE pubsub`',
    words: { live: LIVE, complete: COMPLETE },
    apply: FAULTS.clientsKilled,
    lastsMs: 500,
    counted: LINK_COUNTED,
    atMostMs: { well: 20_000 },
  },
  {
    fault: 'subscriber cut off by its output buffer',
    words: {
      live: { ...LIVE, user: 'legacy at once; what only Redis says may be lost, in the gap' },
      complete: { ...COMPLETE, user: 'what was in the buffer is lost, in the gap; then each list re-read' },
    },
    apply: FAULTS.outputBufferFull,
    lastsMs: 1_000,
    counted: LINK_COUNTED,
    atMostMs: { well: 20_000 },
  },
];

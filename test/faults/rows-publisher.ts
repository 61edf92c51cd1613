import { FAULTS } from './faults.js';
import type { FaultRow } from './fault-row.js';
import { doubted, gaps } from './seen.js';

export const PUBLISHER_ROWS: readonly FaultRow[] = [
  {
    fault: 'publisher restarted',
    words: {
      live: {
        user: 'legacy while the publisher is away, and its lists once it is back',
        metrics: 'a `presence` gap per topic, until its next message or 45 s',
      },
      complete: {
        user: 'nothing while the publisher is away; its first lists once it is back',
        metrics: 'a `presence` gap per topic, until its next message or 45 s',
      },
    },
    apply: FAULTS.publisherRestarted,
    lastsMs: 2_000,
    counted: { live: [gaps('presence')], complete: [gaps('presence')] },
    atMostMs: { well: 60_000 },
  },
  {
    fault: 'publisher with the wrong prefix',
    words: {
      live: {
        user: 'legacy while the publisher restarts, and again once its first lists have not come; what Redis did not bring is filled from legacy',
        metrics:
          '`crossfade_redis_doubts{reason="first_list"}` 1; a `publisher` gap per topic; `degraded` names the cure',
      },
      complete: {
        user: 'nothing until its first lists have not come, 10 s later legacy; its lists once the prefix is right',
        metrics:
          '`crossfade_redis_doubts{reason="first_list"}` 1; a `publisher` gap per topic; `degraded` names the cure',
      },
    },
    apply: FAULTS.wrongPrefix,
    lastsMs: 30_000,
    isNoticed: { live: doubted('first_list'), complete: doubted('first_list') },
    counted: { live: [gaps('publisher'), gaps('presence')], complete: [gaps('publisher')] },
    atMostMs: { noticed: 25_000, well: 60_000 },
  },
  {
    fault: 'presence refused',
    words: {
      live: {
        user: 'legacy while presence is refused, and Redis again when it is not',
        metrics: '`crossfade_instrument_failures_total{operation="presence"}`; a `presence` gap per topic',
      },
      complete: {
        user: 'nothing while presence is refused; the first lists afterwards',
        metrics: '`crossfade_instrument_failures_total{operation="presence"}`; a `presence` gap per topic',
      },
    },
    apply: FAULTS.presenceRefused,
    lastsMs: 3_000,
    counted: {
      live: ['crossfade_instrument_failures_total{operation="presence"}', gaps('presence')],
      complete: ['crossfade_instrument_failures_total{operation="presence"}', gaps('presence')],
    },
    atMostMs: { well: 60_000 },
  },
];

import { query, REPLICAS, type DashboardSpec, type RowSpec } from './panel-spec.js';
import { STOP } from './stop-row.js';

const WINDOW = '$__rate_interval';
const perMinute = (name: string, by: string, where = ''): string =>
  `60 * sum by (${by}) (rate(${name}{${REPLICAS}${where}}[${WINDOW}]))`;

const REDIS: RowSpec = {
  title: 'Redis and gaps',
  panels: [
    {
      kind: 'number',
      title: 'Alerts that fire',
      description: 'Each has an entry in docs/runbook-alerts.md.',
      unit: 'none',
      width: 4,
      steps: [
        [null, 'green'],
        [1, 'red'],
      ],
      queries: [query('count(ALERTS{alertname=~"Crossfade.+",alertstate="firing"}) or vector(0)', 'alerts')],
    },
    {
      kind: 'number',
      title: 'Replicas that answer',
      description: 'Of the targets of the job. Fewer than there are: nothing widens. Find the silent one.',
      unit: 'percentunit',
      width: 4,
      decimals: 0,
      steps: [
        [null, 'red'],
        [1, 'green'],
      ],
      queries: [query(`avg(up{${REPLICAS}})`, 'answer')],
    },
    {
      kind: 'number',
      title: 'Links to Redis that are proven',
      description:
        'Of the replicas that want one. Below 100 %: live users of those are on legacy. /readyz of the replica names the error.',
      unit: 'percentunit',
      width: 4,
      decimals: 0,
      noValue: 'no link wanted',
      steps: [
        [null, 'red'],
        [1, 'green'],
      ],
      queries: [query(`avg(crossfade_redis_up{${REPLICAS}})`, 'proven')],
    },
    {
      kind: 'number',
      title: 'Oldest state of the flags',
      description: 'Beyond 60 s nothing widens. Users stay where they are; mend the way to the flag server.',
      unit: 's',
      width: 4,
      noValue: 'no flag asked',
      steps: [
        [null, 'green'],
        [60, 'orange'],
        [300, 'red'],
      ],
      queries: [query(`max(crossfade_flag_state_age_seconds{${REPLICAS}})`, 'age')],
    },
    {
      kind: 'number',
      title: 'Problems with the flags',
      description: 'crossfade flags check names each with its cure.',
      unit: 'none',
      width: 4,
      noValue: 'no flag asked',
      steps: [
        [null, 'green'],
        [1, 'red'],
      ],
      queries: [query(`max(crossfade_flag_problems{${REPLICAS}})`, 'problems')],
    },
    {
      kind: 'number',
      title: 'Misrouted in this range',
      description:
        'Messages that name another user than their channel. Nobody got them. Above 0: find the publisher that writes to the wrong channel.',
      unit: 'short',
      width: 4,
      decimals: 0,
      steps: [
        [null, 'green'],
        [1, 'red'],
      ],
      queries: [query(`sum(increase(crossfade_misrouted_total{${REPLICAS}}[$__range]))`, 'misrouted')],
    },
    {
      kind: 'states',
      title: 'Link to Redis by replica',
      description: '1 is proven. One replica alone: its network. All: Redis itself.',
      unit: 'none',
      width: 12,
      steps: [
        [null, 'red'],
        [1, 'green'],
      ],
      queries: [query(`crossfade_redis_up{${REPLICAS}}`, '{{instance}}')],
    },
    {
      kind: 'states',
      title: 'Doubts about Redis',
      description:
        'A line for each reason that a replica doubts it for: canary, the link carries nothing; first_list, readyz, missing_in_redis, the publisher. Users in live are on legacy meanwhile; /readyz says what to do.',
      unit: 'none',
      width: 12,
      noValue: 'no doubt',
      steps: [
        [null, 'green'],
        [1, 'red'],
      ],
      queries: [query(`sum by (reason) (crossfade_redis_doubts{${REPLICAS}})`, '{{reason}}')],
    },
    {
      kind: 'lines',
      title: 'Canaries through Redis, per minute',
      description:
        'heard rises steadily: what is published comes through. lost: something between here and Redis carries nothing. unsent: the connection for commands. None: CROSSFADE_CANARY_MS is 0, or Redis does not allow it.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [query(perMinute('crossfade_canaries_total', 'result'), '{{result}}')],
    },
    {
      kind: 'lines',
      title: 'Gaps of Redis as a share of connected time',
      description:
        'The plan lets 0.1 % through. A gap is dated back to the last proof and counted when it ends.',
      unit: 'percentunit',
      width: 12,
      min: 0,
      queries: [
        query(
          `sum(rate(crossfade_gap_seconds_total{${REPLICAS},source="redis"}[${WINDOW}])) / (sum(crossfade_users{${REPLICAS},stage!="legacy"}) > 0)`,
          'in gaps',
        ),
      ],
    },
    {
      kind: 'lines',
      title: 'Gaps by source and cause, per minute',
      description:
        'One for each topic. link: Redis or the network. presence, publisher: the publisher. frozen: the CPU of this process. legacy_detached: the legacy listener.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [query(perMinute('crossfade_gaps_total', 'source, cause'), '{{source}} {{cause}}')],
    },
    {
      kind: 'lines',
      title: 'Re-reading after gaps, per minute',
      description:
        'failed or timed_out: users see the list from before the gap. Look at Firestore, or at the callback.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [query(perMinute('crossfade_resyncs_total', 'result'), '{{result}}')],
    },
  ],
};

const PRESENCE: RowSpec = {
  title: 'Presence, publisher and flags',
  panels: [
    {
      kind: 'lines',
      title: 'Presence that was lost or refused, per minute',
      description:
        'The publisher speaks only of users whose presence is held. Rising: the publisher restarts or refuses; look at its /healthz and at LISTENERS_SERVICE_URL.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [
        query(perMinute('crossfade_gaps_total', 'cause', ',cause=~"presence|publisher"'), 'gaps {{cause}}'),
        query(
          perMinute('crossfade_instrument_failures_total', 'operation', ',operation="presence"'),
          'failures {{operation}}',
        ),
      ],
    },
    {
      kind: 'lines',
      title: 'Messages nobody can use, per minute',
      description:
        'unreadable: not an envelope; another program may share the prefix. misrouted: written to the wrong channel.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [
        query(perMinute('crossfade_unreadable_total', 'source'), 'unreadable {{source}}'),
        query(perMinute('crossfade_misrouted_total', 'source'), 'misrouted {{source}}'),
      ],
    },
    {
      kind: 'lines',
      title: 'Age of the flags by replica',
      description: 'Saw teeth below the poll interval are well. One that climbs has lost the flag server.',
      unit: 's',
      width: 12,
      min: 0,
      queries: [query(`crossfade_flag_state_age_seconds{${REPLICAS}}`, '{{instance}}')],
    },
    {
      kind: 'states',
      title: 'Where the flags came from',
      description:
        'server or file is well. storage or bootstrap: the replica started without the flag server.',
      unit: 'none',
      width: 12,
      queries: [query(`crossfade_flag_state_origin{${REPLICAS}} == 1`, '{{instance}} {{origin}}')],
    },
  ],
};

const INSTRUMENT: RowSpec = {
  title: 'Instrument and process',
  panels: [
    {
      kind: 'lines',
      title: 'Failures of the instrument, per minute',
      description:
        'Users are served all the same, but evidence is thin and nothing widens. The log has a line for each operation.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [query(perMinute('crossfade_instrument_failures_total', 'operation'), '{{operation}}')],
    },
    {
      kind: 'lines',
      title: 'Dropped to keep a bound, per minute',
      description:
        'comparison: sample more thinly. legacy_item, merge: more came in one handover than is kept.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [query(perMinute('crossfade_dropped_total', 'what'), '{{what}}')],
    },
    {
      kind: 'lines',
      title: 'What the comparer holds',
      description:
        'queued should stay near 0; it grows when the process is overloaded. items is what takes memory.',
      unit: 'short',
      width: 12,
      min: 0,
      queries: [query(`sum by (what) (crossfade_comparer_load{${REPLICAS}})`, '{{what}}')],
    },
    {
      kind: 'lines',
      title: 'Memory by replica',
      description:
        'Should be flat at a given number of users. A heap that climbs for hours: report it with a heap snapshot. Empty: the host does not collect the default metrics of prom-client.',
      unit: 'bytes',
      width: 12,
      min: 0,
      queries: [
        query(`process_resident_memory_bytes{${REPLICAS}}`, 'resident {{instance}}'),
        query(`nodejs_heap_size_used_bytes{${REPLICAS}}`, 'heap {{instance}}'),
      ],
    },
    {
      kind: 'lines',
      title: 'Event loop and CPU by replica',
      description:
        'A delay of 100 ms and more makes everything late, lag included. CPU near 1: more replicas, or sample more thinly.',
      unit: 'none',
      width: 12,
      min: 0,
      queries: [
        query(`nodejs_eventloop_lag_p99_seconds{${REPLICAS}}`, 'event loop p99, seconds {{instance}}'),
        query(`rate(process_cpu_seconds_total{${REPLICAS}}[${WINDOW}])`, 'CPU, cores {{instance}}'),
      ],
    },
  ],
};

export const HEALTH: DashboardSpec = {
  uid: 'crossfade-health',
  title: 'Crossfade: Health',
  description: 'What is ill around the rollout: Redis, publisher, flags, and the instrument itself.',
  byType: false,
  rows: [REDIS, STOP, PRESENCE, INSTRUMENT],
};

import { query, REPLICAS, TYPED, type DashboardSpec, type RowSpec } from './panel-spec.js';

const WINDOW = '$__rate_interval';
const compared = (where = '', window = WINDOW): string =>
  `rate(crossfade_comparisons_total{${TYPED}${where}}[${window}])`;
/** What a plan's budget is about: what only legacy lacks is a signal and no harm of Redis. */
const GUARDED = ',class!~"matched|missing_in_legacy"';
const NOT_LEGACY = ',class!="missing_in_legacy"';

const NOW: RowSpec = {
  title: 'Now: over the range that is shown',
  panels: [
    {
      kind: 'number',
      title: 'Parity',
      description:
        'Matched of all that was compared. What is excused or not compared stands beside it, never inside. Below 99.9 %: see which class and type below.',
      unit: 'percentunit',
      width: 5,
      decimals: 3,
      noValue: 'nothing compared',
      steps: [
        [null, 'red'],
        [0.99, 'orange'],
        [0.999, 'green'],
      ],
      queries: [
        query(
          `sum(${compared(',class="matched"', '$__range')}) / (sum(${compared('', '$__range')}) > 0)`,
          'parity',
        ),
      ],
    },
    {
      kind: 'number',
      title: 'Mismatches against the budget',
      description:
        'Share of guarded mismatches; the default budget is 0.1 %. Above it the rollout holds, and when that is proven it rolls back.',
      unit: 'percentunit',
      width: 5,
      decimals: 3,
      noValue: 'nothing compared',
      steps: [
        [null, 'green'],
        [0.0005, 'orange'],
        [0.001, 'red'],
      ],
      queries: [
        query(
          `sum(${compared(GUARDED, '$__range')}) / (sum(${compared(NOT_LEGACY, '$__range')}) > 0)`,
          'mismatches',
        ),
      ],
    },
    {
      kind: 'number',
      title: 'Comparisons',
      description: 'In this range. 0 while users are compared: the prefix, the publisher or presence.',
      unit: 'short',
      width: 4,
      queries: [query(`sum(increase(crossfade_comparisons_total{${TYPED}}[$__range]))`, 'compared')],
    },
    {
      kind: 'number',
      title: 'Excused',
      description:
        'Share of what was excused, of that and the compared. Above 5 % the rollout holds: parity over a sliver is no parity. See the reasons below.',
      unit: 'percentunit',
      width: 5,
      decimals: 2,
      noValue: 'nothing compared',
      steps: [
        [null, 'green'],
        [0.05, 'orange'],
      ],
      queries: [
        query(
          `sum(rate(crossfade_excused_total{${TYPED}}[$__range])) / (sum(rate(crossfade_excused_total{${TYPED}}[$__range])) + sum(${compared('', '$__range')}) > 0)`,
          'excused',
        ),
      ],
    },
    {
      kind: 'number',
      title: 'Self-test disagrees',
      description:
        'Redis held against itself: what disagrees is the error of the measurement. Above 0.1 % nothing widens: look for a reader that is too slow. Empty: CROSSFADE_SELF_TEST is off.',
      unit: 'percentunit',
      width: 5,
      decimals: 3,
      noValue: 'off, or nothing yet',
      steps: [
        [null, 'green'],
        [0.001, 'red'],
      ],
      queries: [
        query(
          `sum(rate(crossfade_self_test_total{${TYPED},outcome="disagreed"}[$__range])) / (sum(rate(crossfade_self_test_total{${TYPED}}[$__range])) > 0)`,
          'disagreed',
        ),
      ],
    },
  ],
};

const WHERE: RowSpec = {
  title: 'Where they differ',
  panels: [
    {
      kind: 'lines',
      title: 'Mismatches by class, share of all comparisons',
      description:
        'missing_in_redis: loss, look at the publisher and gaps. different: a field, look at the paths. duplicate, reordered: two publishers, or a retry. missing_in_legacy: legacy loses too; it holds from 1 % on.',
      unit: 'percentunit',
      width: 12,
      min: 0,
      queries: [
        query(
          `sum by (class) (${compared(',class!="matched"')}) / scalar(sum(${compared()}) > 0)`,
          '{{class}}',
        ),
      ],
    },
    {
      kind: 'lines',
      title: 'Parity by type',
      description: 'A single type that differs is a rule or a serialisation; all of them, the transport.',
      unit: 'percentunit',
      width: 12,
      max: 1,
      queries: [
        query(
          `sum by (type) (${compared(',class="matched"')}) / (sum by (type) (${compared()}) > 0)`,
          '{{type}}',
        ),
      ],
    },
    {
      kind: 'lines',
      title: 'Mismatches by class and type, per minute',
      description: 'What to look up among the samples: the class, and the type.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [
        query(`60 * sum by (class, type) (${compared(',class!="matched"')}) > 0`, '{{class}} {{type}}'),
      ],
    },
    {
      kind: 'links',
      title: 'Samples of each replica',
      description:
        'A click on a replica offers its console, and its last mismatches without what was said, the differing paths and hashed users. curl -H "Authorization: Bearer $CROSSFADE_ADMIN_VIEWER_TOKEN" http://INSTANCE/crossfade/api/comparison',
      unit: 'short',
      width: 12,
      queries: [
        query(`sum by (instance) (crossfade_comparer_load{${REPLICAS},what="sessions"})`, '{{instance}}'),
      ],
    },
  ],
};

const BESIDE: RowSpec = {
  title: 'What parity does not speak of',
  panels: [
    {
      kind: 'stacked',
      title: 'Counted, excused, and not compared, per second',
      description:
        'Counted should be by far the largest. If another grows, parity speaks of less than it seems to.',
      unit: 'cps',
      width: 12,
      min: 0,
      queries: [
        query(`sum(${compared()})`, 'counted'),
        query(`sum(rate(crossfade_excused_total{${TYPED}}[${WINDOW}]))`, 'excused'),
        query(`sum(rate(crossfade_not_compared_total{${TYPED}}[${WINDOW}]))`, 'not compared'),
      ],
    },
    {
      kind: 'stacked',
      title: 'Excused by reason, per minute',
      description:
        'redis_gap, legacy_gap: see the gaps on Health. overload: sample more thinly. handover and warm_up pass by themselves.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [
        query(`60 * sum by (reason) (rate(crossfade_excused_total{${TYPED}}[${WINDOW}]))`, '{{reason}}'),
      ],
    },
    {
      kind: 'stacked',
      title: 'Not compared by reason, per minute',
      description:
        'type_unknown_to_legacy is what only Redis carries. sampled_out is your own choice; above 90 % nothing widens.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [
        query(`60 * sum by (reason) (rate(crossfade_not_compared_total{${TYPED}}[${WINDOW}]))`, '{{reason}}'),
      ],
    },
    {
      kind: 'lines',
      title: 'Of how many users one is compared',
      description: '1 compares everybody. All that is shown above speaks of these users.',
      unit: 'none',
      width: 12,
      min: 1,
      queries: [query(`max by (type) (crossfade_sample_one_in{${TYPED}})`, '{{type}}')],
    },
    {
      kind: 'lines',
      title: 'Arrivals after their verdict, per minute',
      description: 'Many of a type: its window is too short for the lag; raise windowMs of its rule.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [query(`60 * sum by (type) (rate(crossfade_late_total{${TYPED}}[${WINDOW}]))`, '{{type}}')],
    },
    {
      kind: 'lines',
      title: 'Self-test of the instrument, per minute',
      description:
        'Redis against itself over two connections. Any disagreement is an error of ours, and never subtracted from anything. Empty: CROSSFADE_SELF_TEST is off.',
      unit: 'cpm',
      width: 12,
      min: 0,
      noValue: 'off',
      queries: [
        query(`60 * sum by (outcome) (rate(crossfade_self_test_total{${TYPED}}[${WINDOW}]))`, '{{outcome}}'),
      ],
    },
  ],
};

export const PARITY: DashboardSpec = {
  uid: 'crossfade-parity',
  title: 'Crossfade: Parity',
  description: 'Whether Redis says what legacy says, and of how much that is known.',
  byType: true,
  rows: [NOW, WHERE, BESIDE],
};

import { query, REPLICAS, TYPED, type DashboardSpec, type PanelQuery, type RowSpec } from './panel-spec.js';

const WINDOW = '$__rate_interval';
const lagBuckets = (by: string): string =>
  `sum by (${by}) (rate(crossfade_lag_seconds_bucket{${TYPED}}[${WINDOW}]))`;
const ageBuckets = (source: string, by = 'le'): string =>
  `sum by (${by}) (rate(crossfade_delivery_age_seconds_bucket{${REPLICAS},source=~"${source}"}[${WINDOW}]))`;
const p99 = (buckets: string): string => `histogram_quantile(0.99, ${buckets})`;
const quantiles = (buckets: string, legend = ''): PanelQuery[] =>
  ['0.01', '0.5', '0.99'].map((quantile) =>
    query(`histogram_quantile(${quantile}, ${buckets})`, `${quantile}${legend}`),
  );

const LAG: RowSpec = {
  title: 'Lag: Redis arrival minus legacy arrival',
  panels: [
    {
      kind: 'heat',
      title: 'Lag, signed',
      description:
        'Below 0 Redis was first. One band near 0 is well. A second band above is a slow path of some users or types; a band that climbs is a publisher that falls behind.',
      unit: 's',
      width: 12,
      queries: [query(`sum by (le) (increase(crossfade_lag_seconds_bucket{${TYPED}}[${WINDOW}]))`, '{{le}}')],
    },
    {
      kind: 'lines',
      title: 'Lag: 1st percentile, median, 99th percentile',
      description:
        'The 99th beyond 2 s holds the rollout, and may roll it back. Look at the publisher first.',
      unit: 's',
      width: 12,
      queries: quantiles(lagBuckets('le')),
    },
    {
      kind: 'lines',
      title: '99th percentile of lag by type',
      description:
        'One type alone: its publisher path. All types: the link, Redis, or this process (event loop on Health).',
      unit: 's',
      width: 12,
      queries: [query(p99(lagBuckets('le, type')), '{{type}}')],
    },
    {
      kind: 'lines',
      title: 'Share in which Redis was not later',
      description: 'How often the user gains by the change. It says nothing of loss: see Parity.',
      unit: 'percentunit',
      width: 12,
      min: 0,
      max: 1,
      queries: [
        query(
          `sum(rate(crossfade_lag_seconds_bucket{${TYPED},le="0"}[${WINDOW}])) / (sum(rate(crossfade_lag_seconds_count{${TYPED}}[${WINDOW}])) > 0)`,
          'not later',
        ),
      ],
    },
  ],
};

const AGE: RowSpec = {
  title: "Age at delivery: time of delivery minus the envelope's timestamp",
  panels: [
    {
      kind: 'heat',
      title: 'Age of what Redis delivered',
      description:
        'The lowest band is below 0: the clock of the publisher is ahead; set it by NTP. A band that climbs is a queue somewhere.',
      unit: 's',
      width: 12,
      queries: [
        query(
          `sum by (le) (increase(crossfade_delivery_age_seconds_bucket{${REPLICAS},source="redis"}[${WINDOW}]))`,
          '{{le}}',
        ),
      ],
    },
    {
      kind: 'heat',
      title: 'Age of what legacy delivered',
      description:
        'What users are used to. Redis should not be later by more than 2 s at the 99th percentile.',
      unit: 's',
      width: 12,
      queries: [
        query(
          `sum by (le) (increase(crossfade_delivery_age_seconds_bucket{${REPLICAS},source="legacy"}[${WINDOW}]))`,
          '{{le}}',
        ),
      ],
    },
    {
      kind: 'lines',
      title: 'Median and 99th percentile of age, by source',
      description:
        'Both high: the origin, or this process. Only redis: the publisher or the link. Above 10 s the rollout holds.',
      unit: 's',
      width: 12,
      queries: ['0.5', '0.99'].map((quantile) =>
        query(`histogram_quantile(${quantile}, ${ageBuckets('.+', 'le, source')})`, `${quantile} {{source}}`),
      ),
    },
    {
      kind: 'lines',
      title: '99th percentile of Redis above that of legacy',
      description: 'Above 2 s the rollout holds: users who are moved get their events later than before.',
      unit: 's',
      width: 12,
      queries: [query(`${p99(ageBuckets('redis'))} - ${p99(ageBuckets('legacy'))}`, 'redis above legacy')],
    },
  ],
};

const EVENTS: RowSpec = {
  title: 'Events',
  panels: [
    {
      kind: 'lines',
      title: 'Received by source, per second',
      description:
        'What the sources said. redis at 0 while legacy goes on: the prefix, the publisher, or presence.',
      unit: 'eps',
      width: 12,
      min: 0,
      queries: [
        query(`sum by (source) (rate(crossfade_events_received_total{${TYPED}}[${WINDOW}]))`, '{{source}}'),
      ],
    },
    {
      kind: 'stacked',
      title: 'Delivered by source, per second',
      description: 'What users got. The sum must not fall when shares change.',
      unit: 'eps',
      width: 12,
      min: 0,
      queries: [
        query(`sum by (source) (rate(crossfade_events_delivered_total{${TYPED}}[${WINDOW}]))`, '{{source}}'),
      ],
    },
    {
      kind: 'lines',
      title: 'Share of deliveries that came from Redis',
      description:
        'Follows the serve percentage. Below it for long: Redis is down, or users wait for their handover.',
      unit: 'percentunit',
      width: 12,
      min: 0,
      max: 1,
      queries: [
        query(
          `sum(rate(crossfade_events_delivered_total{${TYPED},source="redis"}[${WINDOW}])) / (sum(rate(crossfade_events_delivered_total{${TYPED}}[${WINDOW}])) > 0)`,
          'from Redis',
        ),
      ],
    },
    {
      kind: 'lines',
      title: 'Delivered by type, per second',
      description: 'A type that ends when users are moved is one that the publisher does not send.',
      unit: 'eps',
      width: 12,
      min: 0,
      queries: [
        query(`sum by (type) (rate(crossfade_events_delivered_total{${TYPED}}[${WINDOW}])) > 0`, '{{type}}'),
      ],
    },
  ],
};

export const DELIVERY: DashboardSpec = {
  uid: 'crossfade-delivery',
  title: 'Crossfade: Lag and delivery',
  description: 'How fast each source is, and what users get.',
  byType: true,
  rows: [LAG, AGE, EVENTS],
};

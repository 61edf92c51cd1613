import { query, REPLICAS, type DashboardSpec, type PanelSpec } from './panel-spec.js';

const WINDOW = '$__rate_interval';

function perMinute(title: string, name: string, by: string, description: string): PanelSpec {
  return {
    ...{ kind: 'lines', title: `${title}, per minute`, description, unit: 'cpm', width: 12, min: 0 },
    queries: [
      by === ''
        ? query(`60 * sum(rate(${name}{${REPLICAS}}[${WINDOW}]))`, 'all')
        : query(`60 * sum by (${by}) (rate(${name}{${REPLICAS}}[${WINDOW}]))`, `{{${by}}}`),
    ],
  };
}

export const GATEWAY: DashboardSpec = {
  uid: 'crossfade-gateway',
  title: 'Crossfade: Gateway',
  description:
    'Who listens at the gateway, who is turned away, and what the legacy side hands over. Choose its job.',
  byType: false,
  rows: [
    {
      title: 'Clients',
      panels: [
        {
          kind: 'stacked',
          title: 'Clients who listen',
          description: 'A sudden fall is a deploy, the network or the load balancer.',
          unit: 'short',
          width: 12,
          min: 0,
          queries: [
            query(`sum by (transport) (crossfade_gateway_connections{${REPLICAS}})`, '{{transport}}'),
          ],
        },
        perMinute(
          'Clients turned away',
          'crossfade_gateway_refused_total',
          'reason',
          'full, uid_full: raise the limits or add gateways. Tokens: the clock and the key of whoever signs. wrong_origin: CROSSFADE_GATEWAY_ORIGINS.',
        ),
        perMinute(
          'Clients who left',
          'crossfade_gateway_ended_total',
          'reason',
          'too_slow, no_pong: the clients or their network. expired: a token that is not renewed.',
        ),
        perMinute(
          'Resync notices to slow clients',
          'crossfade_gateway_resyncs_total',
          '',
          'Many: raise CROSSFADE_GATEWAY_BUFFER_BYTES, or look at the network.',
        ),
        perMinute(
          'Events that slow clients missed',
          'crossfade_gateway_missed_events_total',
          '',
          'What they must read anew. Raise CROSSFADE_GATEWAY_BUFFER_BYTES, or look at the network.',
        ),
      ],
    },
    {
      title: 'Legacy side and publisher',
      panels: [
        perMinute(
          'Items of the legacy side',
          'crossfade_gateway_legacy_items_total',
          'outcome',
          'heard should rise. Only unheard: the bridge talks to another gateway than the users.',
        ),
        perMinute(
          'Items that bridges dropped',
          'crossfade_gateway_legacy_lost_total',
          '',
          'Above 0: the bridge cannot reach the gateway fast enough; look at its log.',
        ),
        perMinute(
          'Passed on to the publisher',
          'crossfade_gateway_passed_on_total',
          'outcome',
          'failed: the publisher cannot be reached from here.',
        ),
      ],
    },
  ],
};

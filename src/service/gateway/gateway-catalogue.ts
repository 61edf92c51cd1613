/** One metric of the gateway, as docs/gateway.md writes it down. */
export interface GatewayMetric {
  readonly name: `crossfade_gateway_${string}`;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

/** Why somebody is not let in. */
export const REFUSALS = [
  'bad_request',
  'no_token',
  'bad_token',
  'wrong_uid',
  'wrong_scope',
  'wrong_origin',
  'uid_full',
  'full',
  'draining',
] as const;
export type RefusalReason = (typeof REFUSALS)[number];

/** Why a WebSocket or an event stream has ended. */
export const ENDINGS = [
  'client',
  'too_slow',
  'binary',
  'oversized',
  'too_many_messages',
  'no_pong',
  'expired',
  'draining',
  'protocol',
] as const;
export type Ending = (typeof ENDINGS)[number];

/** Every metric of the gateway beside those of Crossfade. */
export const GATEWAY_CATALOGUE = {
  connections: {
    name: 'crossfade_gateway_connections',
    type: 'gauge',
    help: 'Clients who listen now.',
    labels: { transport: ['ws', 'sse'] },
  },
  refused: {
    name: 'crossfade_gateway_refused_total',
    type: 'counter',
    help: 'Requests that were not let in.',
    labels: { reason: REFUSALS },
  },
  ended: {
    name: 'crossfade_gateway_ended_total',
    type: 'counter',
    help: 'Clients who have left or were sent away.',
    labels: { reason: ENDINGS },
  },
  resyncs: {
    name: 'crossfade_gateway_resyncs_total',
    type: 'counter',
    help: 'Resync notices that were sent to slow clients.',
    labels: {},
  },
  missed: {
    name: 'crossfade_gateway_missed_events_total',
    type: 'counter',
    help: 'Events that those notices stand for.',
    labels: {},
  },
  legacyItems: {
    name: 'crossfade_gateway_legacy_items_total',
    type: 'counter',
    help: 'Items that the legacy side handed over; unheard ones are for users who do not listen here.',
    labels: { outcome: ['heard', 'unheard', 'repeated', 'refused'] },
  },
  legacyLost: {
    name: 'crossfade_gateway_legacy_lost_total',
    type: 'counter',
    help: 'Items that the bridge says it dropped before it could hand them over.',
    labels: {},
  },
  passedOn: {
    name: 'crossfade_gateway_passed_on_total',
    type: 'counter',
    help: 'Requests that were passed on to the publisher, by whether it could be reached.',
    labels: { outcome: ['passed', 'failed'] },
  },
} as const satisfies Record<string, GatewayMetric>;

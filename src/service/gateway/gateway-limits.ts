import type { GatewaySettings } from '../../index.js';

/** The bounds of the gateway that a deployment may set. */
export type GatewayLimits = Pick<
  GatewaySettings,
  | 'maxConnections'
  | 'maxConnectionsPerUid'
  | 'maxMessageBytes'
  | 'maxMessagesPerSecond'
  | 'bufferBytes'
  | 'drainMs'
>;

/** between two pings of the gateway to one client, milliseconds; the clients of the contract ping as often */
export const PING_EVERY_MS = 20_000;
/** how long a client may take to say goodbye before it is cut off, milliseconds */
export const GOODBYE_WITHIN_MS = 2_000;
/** of one `POST /legacy/events`, bytes; a list of 500 items has 180 KB */
export const MAX_LEGACY_BODY_BYTES = 4_194_304;
/** of one `POST /legacy/events` */
export const MAX_LEGACY_ITEMS = 1_000;
/** of `POST /legacy/events` that are being read at once */
export const MAX_LEGACY_BODIES = 16;
/** idempotency keys that are remembered, the newest; a bridge repeats what it sent within seconds */
export const REMEMBERED_KEYS = 100_000;

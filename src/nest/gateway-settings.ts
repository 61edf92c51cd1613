import { isLoopback } from './loopback.js';
import type { Secret } from './secret.js';
import type { Values } from './variables.js';

/** How the tokens of those who listen are proven: by a shared secret (HS256) or a public key (RS256, ES256). */
export interface GatewayTokenSettings {
  readonly key: { readonly secret: Secret } | { readonly publicKeyFile: string };
  /** what a token's `iss` and `aud` must be; undefined: not asked */
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
}

/** What the gateway needs beside the module's own settings. */
export interface GatewaySettings {
  /** undefined on the loopback interface alone: then anyone on this machine may listen */
  readonly tokens: GatewayTokenSettings | undefined;
  /** the origins of the pages that may listen, such as `https://app.example.org` */
  readonly origins: readonly string[];
  readonly maxConnections: number;
  readonly maxConnectionsPerUid: number;
  /** of one message that a client sends, bytes */
  readonly maxMessageBytes: number;
  /** that one client sends */
  readonly maxMessagesPerSecond: number;
  /** what may wait for one slow client, bytes */
  readonly bufferBytes: number;
  /** over how long clients are sent away when the process ends, milliseconds */
  readonly drainMs: number;
}

export function gatewaySettings(values: Partial<Values>): GatewaySettings {
  return Object.freeze({
    tokens: tokenSettings(values),
    origins: Object.freeze(values.CROSSFADE_GATEWAY_ORIGINS ?? []),
    maxConnections: values.CROSSFADE_GATEWAY_MAX_CONNECTIONS ?? 20_000,
    maxConnectionsPerUid: values.CROSSFADE_GATEWAY_MAX_CONNECTIONS_PER_UID ?? 50,
    maxMessageBytes: values.CROSSFADE_GATEWAY_MAX_MESSAGE_BYTES ?? 65_536,
    maxMessagesPerSecond: values.CROSSFADE_GATEWAY_MAX_MESSAGES_PER_SECOND ?? 50,
    bufferBytes: values.CROSSFADE_GATEWAY_BUFFER_BYTES ?? 1_000_000,
    drainMs: values.CROSSFADE_GATEWAY_DRAIN_MS ?? 5_000,
  });
}

/** What is wrong with the gateway's variables together, each with its cure. */
export function faultsOfGateway(values: Partial<Values>): string[] {
  const { CROSSFADE_GATEWAY_TOKEN_SECRET: secret, CROSSFADE_GATEWAY_TOKEN_PUBLIC_KEY_FILE: file } = values;
  const faults: string[] = [];
  if (values.CROSSFADE_ROLE !== 'gateway') return faults;
  if (secret !== undefined && file !== undefined)
    faults.push(
      'CROSSFADE_GATEWAY_TOKEN_SECRET and CROSSFADE_GATEWAY_TOKEN_PUBLIC_KEY_FILE are both set, and a token is proven in one way. Remove one of them.',
    );
  if (
    'CROSSFADE_GATEWAY_TOKEN_SECRET' in values &&
    'CROSSFADE_GATEWAY_TOKEN_PUBLIC_KEY_FILE' in values &&
    secret === undefined &&
    file === undefined &&
    values.HOST !== undefined &&
    !isLoopback(values.HOST)
  )
    faults.push(
      'HOST makes the gateway reachable from other machines, and nothing says whose events they may hear. Write CROSSFADE_GATEWAY_TOKEN_SECRET or CROSSFADE_GATEWAY_TOKEN_PUBLIC_KEY_FILE, or HOST=127.0.0.1.',
    );
  return faults;
}

function tokenSettings(values: Partial<Values>): GatewayTokenSettings | undefined {
  const { CROSSFADE_GATEWAY_TOKEN_SECRET: secret, CROSSFADE_GATEWAY_TOKEN_PUBLIC_KEY_FILE: publicKeyFile } =
    values;
  const claims = {
    issuer: values.CROSSFADE_GATEWAY_TOKEN_ISSUER,
    audience: values.CROSSFADE_GATEWAY_TOKEN_AUDIENCE,
  };
  if (secret !== undefined) return Object.freeze({ key: Object.freeze({ secret }), ...claims });
  if (publicKeyFile !== undefined) return Object.freeze({ key: Object.freeze({ publicKeyFile }), ...claims });
  return undefined;
}

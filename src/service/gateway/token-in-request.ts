import type { IncomingMessage } from 'node:http';
import { single, targetOf } from './request-target.js';

/** The protocol that a browser offers beside its token, and that the gateway answers with. */
export const SOCKET_PROTOCOL = 'crossfade';
const TOKEN_PROTOCOL = 'crossfade.bearer.';

/** The token that a request brings: in its header, as a WebSocket protocol, or in its query. It is never logged. */
export function tokenIn(request: IncomingMessage): string | undefined {
  const { authorization, 'sec-websocket-protocol': protocols } = request.headers;
  if (authorization !== undefined) return /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  const offered = protocols?.split(',').map((protocol) => protocol.trim());
  const token = offered?.find((protocol) => protocol.startsWith(TOKEN_PROTOCOL));
  return token?.slice(TOKEN_PROTOCOL.length) ?? single(targetOf(request).query, 'token');
}

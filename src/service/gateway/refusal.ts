import type { Duplex } from 'node:stream';
import type { RefusalReason } from './gateway-catalogue.js';

/** Why somebody is not let in, in words that say what to do. */
export class Refusal {
  constructor(
    readonly status: keyof typeof PHRASES,
    readonly reason: RefusalReason,
    readonly message: string,
  ) {}

  get body(): { readonly error: string; readonly message: string } {
    return { error: this.reason, message: this.message };
  }
}

const PHRASES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
} as const;

/** Answers a request for an upgrade that is refused. */
export function refuseUpgrade(socket: Duplex, refusal: Pick<Refusal, 'status' | 'body'>): void {
  const body = JSON.stringify(refusal.body);
  const head = [
    `HTTP/1.1 ${refusal.status} ${PHRASES[refusal.status]}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(refusal.status === 401 ? ['WWW-Authenticate: Bearer'] : []),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

import type { IncomingMessage } from 'node:http';
import { WebSocket, type ClientOptions } from 'ws';
import { readSettings, type CrossfadeOptions } from '../../../src/index.js';
import type { Backend } from '../../../src/service/backend/create-backend.js';
import { createGateway } from '../../../src/service/gateway/create-gateway.js';
import { GatewayModule } from '../../../src/service/gateway/gateway.module.js';

type SocketOptions = ClientOptions & { readonly protocols?: string[] };

export interface RunningGateway {
  readonly backend: Backend;
  readonly url: string;
  /** Hands over what the legacy side says. */
  feed(body: unknown, headers?: Record<string, string>): Promise<Response>;
  connect(query: string, options?: SocketOptions): SocketClient;
}

/** Starts a gateway in this process, with the variables that a deployment would set. */
export async function startGateway(
  crossfade: Omit<CrossfadeOptions, 'legacySource'>,
  env: Record<string, string> = {},
): Promise<RunningGateway> {
  const { gateway, serviceUrl, http } = readSettings({ CROSSFADE_ROLE: 'gateway', ...env });
  const backend = await createGateway(GatewayModule.with({ crossfade, gateway, serviceUrl }));
  const address = await backend.listen({ host: http.host, port: 0 });
  const url = address.replace('0.0.0.0', '127.0.0.1');
  return {
    backend,
    url,
    feed: (body, headers = {}) =>
      fetch(`${url}/legacy/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    connect: (query, options) => new SocketClient(`${url.replace('http', 'ws')}/ws?${query}`, options),
  };
}

/** A WebSocket client that remembers what happened to it. */
export class SocketClient {
  readonly got: { readonly type: string; readonly uid: string; readonly payload?: unknown }[] = [];
  readonly socket: WebSocket;
  readonly opened: Promise<void>;
  /** the code that ended it */
  readonly closed: Promise<number>;
  /** the status and body that it was turned away with */
  readonly refused: Promise<{ readonly status: number | undefined; readonly body: string }>;

  constructor(url: string, options: SocketOptions = {}) {
    const { protocols = [], ...rest } = options;
    this.socket = new WebSocket(url, protocols, rest);
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) throw new Error('A binary frame came.');
      this.got.push(JSON.parse(data.toString()) as SocketClient['got'][number]);
    });
    this.socket.on('error', () => undefined);
    this.opened = new Promise((resolve) => this.socket.once('open', resolve));
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.refused = new Promise((resolve) =>
      this.socket.once('unexpected-response', (_request, response: IncomingMessage) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => {
          resolve({ status: response.statusCode, body });
        });
      }),
    );
  }
}

import { Agent as HttpAgent, ServerResponse, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createProxyServer, type ProxyServer } from 'httpxy';
import type { GatewayMetrics } from './gateway-metrics.js';
import { refuseUpgrade } from './refusal.js';

/** below the 5 s after which the publisher's server closes idle connections: a request must not meet a closed one */
const IDLE_CONNECTION_MS = 4_000;
const NO_PUBLISHER = Object.freeze({
  error: 'no_publisher',
  message: 'There is nobody to pass this on to. Set LISTENERS_SERVICE_URL to the base URL of the publisher.',
});
const UNREACHABLE = Object.freeze({
  error: 'publisher_unreachable',
  message: 'The publisher at LISTENERS_SERVICE_URL does not answer. Events are served without it.',
});

/** Passes requests on to the publisher as they came; only the host is named anew, as if the backend had asked. */
export class PublisherProxy {
  private readonly proxy: ProxyServer | undefined;
  private readonly agent: HttpAgent | undefined;

  /** `serviceUrl`: the publisher's base URL; undefined where there is none */
  constructor(
    serviceUrl: string | undefined,
    private readonly metrics: GatewayMetrics,
  ) {
    if (serviceUrl === undefined) return;
    const Agent = serviceUrl.startsWith('https:') ? HttpsAgent : HttpAgent;
    this.agent = new Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });
    this.proxy = createProxyServer({ target: serviceUrl, changeOrigin: true, agent: this.agent });
    // Passed is what the publisher answered, and not what was sent to it: or the share that failed could not pass a half.
    const passed = (): void => {
      metrics.passedOn('passed');
    };
    this.proxy.on('proxyRes', passed);
    this.proxy.on('proxyReqWs', (asking) => {
      for (const answered of ['upgrade', 'response']) asking.once(answered, passed);
    });
    this.proxy.on('error', (_error, _request, response) => {
      this.failed(response);
    });
  }

  passRequest(request: IncomingMessage, response: ServerResponse): void {
    if (this.proxy === undefined) {
      answer(response, 404, NO_PUBLISHER);
      return;
    }
    this.proxy.web(request, response).catch(() => {
      this.failed(response);
    });
  }

  passSocket(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.proxy === undefined || !(socket instanceof Socket)) {
      refuseUpgrade(socket, { status: 404, body: NO_PUBLISHER });
      return;
    }
    this.proxy.ws(request, socket, { agent: false }, head).catch(() => {
      this.failed(socket);
    });
  }

  close(): void {
    this.agent?.destroy();
  }

  private failed(response: unknown): void {
    this.metrics.passedOn('failed');
    if (response instanceof ServerResponse) answer(response as ServerResponse, 502, UNREACHABLE);
    else if (response instanceof Socket) refuseUpgrade(response, { status: 502, body: UNREACHABLE });
  }
}

/** What has begun to be answered can only be broken off. */
function answer(response: ServerResponse, status: number, body: { readonly error: string }): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

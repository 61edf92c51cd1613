import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What the proxy does with bytes, in both directions. */
export type ProxyManner =
  | 'pass'
  /** takes connections and bytes, and passes nothing on: a black hole; what was in it never comes back */
  | 'swallow'
  /** takes no new connection; those that stand go on passing */
  | 'refuse';

/** A TCP proxy on loopback between a client and a server, that can be a bad network. */
export class TcpProxy {
  manner: ProxyManner = 'pass';
  /** how late each byte arrives, in each direction, milliseconds */
  delayMs = 0;
  /** what a client sends with this text in it, and whatever it sends after that, arrives so much later */
  late: { readonly text: string; readonly byMs: number } | undefined;
  /** what becomes of the bytes of the server on their way to the client, which stays whole otherwise */
  filter: ((bytes: Buffer) => Buffer) | undefined;
  /** where new connections go; may be changed while it runs, as a DNS name that changes its address */
  target: { readonly host: string; readonly port: number };
  /** connections that were taken so far */
  taken = 0;
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly server: Server;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.target = target;
    // Half-open, so that an end is passed on like any other byte.
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      this.take(client);
    });
  }

  /** Listens on a free port and passes everything on to the target. */
  static async before(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** How many connections stand. */
  get standing(): number {
    return this.pairs.size;
  }

  /** Tears every connection that stands, with a reset. */
  reset(): void {
    for (const pair of [...this.pairs]) for (const socket of pair) socket.resetAndDestroy();
    this.pairs.clear();
  }

  async stop(): Promise<void> {
    this.reset();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(client: Socket): void {
    this.taken++;
    if (this.manner === 'refuse') {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...this.target, allowHalfOpen: true, noDelay: true });
    const pair = [client, server] as const;
    this.pairs.add(pair);
    this.pipe(client, server, (bytes) => bytes);
    this.pipe(server, client, (bytes) => this.filter?.(bytes) ?? bytes);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.pairs.delete(pair);
        // Whoever is in the hole does not hear that the other side is gone.
        if (this.manner !== 'swallow') for (const other of pair) other.destroy();
      });
    }
  }

  private pipe(from: Socket, to: Socket, changed: (bytes: Buffer) => Buffer): void {
    const way = new OneWay();
    const pass = (act: () => void, byMs = 0): void => {
      // What has lost bytes can never be whole again.
      if (this.manner === 'swallow') way.isBroken = true;
      way.pass(this.delayMs + byMs, act);
    };
    from.on('data', (bytes: Buffer) => {
      const { late } = this;
      const left = changed(bytes);
      const byMs = late !== undefined && bytes.includes(late.text) ? late.byMs : 0;
      pass(() => to.writable && to.write(left), byMs);
    });
    from.on('end', () => {
      pass(() => to.writable && to.end());
    });
  }
}

/** One direction of one connection: late perhaps, but in order, also when the delay changes. */
class OneWay {
  isBroken = false;
  private dueMs = 0;
  private readonly waiting: (() => void)[] = [];

  pass(delayMs: number, act: () => void): void {
    if (this.isBroken) return;
    const nowMs = performance.now();
    this.dueMs = Math.max(this.dueMs, nowMs + delayMs);
    if (this.dueMs <= nowMs && this.waiting.length === 0) {
      act();
      return;
    }
    this.waiting.push(act);
    setTimeout(() => {
      const next = this.waiting.shift();
      if (!this.isBroken) next?.();
    }, this.dueMs - nowMs);
  }
}

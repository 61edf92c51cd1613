import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import type { Simulator } from './start-simulator.js';
import type { Topic } from './topic.js';

export interface GatewayUsersOptions {
  /** the gateway's base URL */
  readonly url: string;
  /** the secret that its tokens are signed with; undefined where it asks for none */
  readonly secret: string | undefined;
}

const FEED_EVERY_MS = 20;
const RECONNECT_MS = 1_000;
const MAX_WAITING = 5_000;
const BATCH = 500;

/** Plays the backend before a gateway: a WebSocket for each user and chat, and the legacy side by HTTP. */
export class GatewayUsers {
  private readonly waiting: { readonly uid: string; readonly item: unknown }[] = [];
  private readonly closing: (() => void)[] = [];
  private readonly sockets = new Map<string, WebSocket>();
  private isClosed = false;

  constructor(
    simulator: Simulator,
    private readonly options: GatewayUsersOptions,
  ) {
    for (const uid of simulator.uids) {
      for (const topic of [{ uid }, ...simulator.chatsOf(uid).map((chat) => ({ uid, chat }))]) {
        this.closing.push(
          simulator.listen(topic, (to, item) => {
            this.keep(to, item);
          }),
        );
        void this.connect(topic);
      }
    }
    const timer = setTimeout(() => void this.feed(), FEED_EVERY_MS);
    this.closing.push(() => {
      clearTimeout(timer);
    });
  }

  close(): void {
    this.isClosed = true;
    for (const close of this.closing) close();
    for (const socket of this.sockets.values()) socket.terminate();
  }

  /** The oldest goes first, as in the bridge of a real backend. */
  private keep(uid: string, item: unknown): void {
    if (this.waiting.push({ uid, item }) > MAX_WAITING) this.waiting.shift();
  }

  private async feed(): Promise<void> {
    while (!this.isClosed) {
      const batch = this.waiting.splice(0, BATCH);
      if (batch.length > 0) {
        const headers = {
          'content-type': 'application/json',
          ...(await this.bearer({ scope: 'crossfade:feed' })),
        };
        await fetch(`${this.options.url}/legacy/events`, {
          method: 'POST',
          headers,
          body: JSON.stringify(batch),
        })
          .then((response) => response.arrayBuffer())
          .catch(() => undefined);
      }
      await new Promise((resolve) => setTimeout(resolve, FEED_EVERY_MS));
    }
  }

  private async connect({ uid, chat }: Topic): Promise<void> {
    if (this.isClosed) return;
    const query = new URLSearchParams({ uid });
    if (chat !== undefined) {
      query.set('space_code', chat.spaceCode);
      query.set('thread_key', chat.threadKey);
    }
    const headers = await this.bearer({ sub: uid });
    const url = `${this.options.url.replace(/^http/, 'ws')}/ws?${query.toString()}`;
    const socket = new WebSocket(url, { headers });
    this.sockets.set(query.toString(), socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      setTimeout(
        () => void this.connect({ uid, ...(chat === undefined ? {} : { chat }) }),
        RECONNECT_MS,
      ).unref();
    });
  }

  private async bearer(claims: Record<string, string>): Promise<Record<string, string>> {
    const { secret } = this.options;
    if (secret === undefined) return {};
    const token = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h');
    return { authorization: `Bearer ${await token.sign(new TextEncoder().encode(secret))}` };
  }
}

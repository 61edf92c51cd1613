import type { Cancel, Clock } from '../contracts/clock.js';
import type { PresenceAnnouncer } from '../contracts/presence-announcer.js';
import type { PresenceListener } from '../contracts/presence-listener.js';
import type { Presence, PresenceHold } from '../contracts/presence.js';
import type { Recorder } from '../contracts/recorder.js';
import { topicKey, type Topic } from '../domain/topic.js';
import { OpenBudget } from './open-budget.js';
import { PresenceSocket, type SocketOwner, type SocketTimings } from './presence-socket.js';
import { PresenceNews } from './presence-news.js';
import { presenceUrl, socketPathOf } from './presence-url.js';
import { SilentUids } from './silent-uids.js';

const SWEEP_MS = 250;

export interface WebSocketPresenceOptions {
  /** the publisher's base URL, `http:` or `https:` */
  readonly serviceUrl: string;
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** told of closes, and telling of those of other replicas; without one, only this process knows */
  readonly announcer?: PresenceAnnouncer;
  /** sockets opened in any second, 1 to 10,000; default 50 */
  readonly opensPerSecond?: number;
  /** how long a socket stays open after the last release, default 60,000; 0 closes at once */
  readonly lingerMs?: number;
  /** how often each socket is pinged, default 20,000 */
  readonly pingIntervalMs?: number;
  /** 0 to 1, for the jitter of the backoff; default `Math.random` */
  readonly random?: () => number;
}

/**
 * Holds users present by WebSockets to the publisher: one socket per uid and one per chat, however many hold
 * it. One timer serves all sockets, and runs only while there are any.
 */
export class WebSocketPresence implements Presence {
  private readonly sockets = new Map<string, Map<string, PresenceSocket>>();
  private readonly queue = new Set<PresenceSocket>();
  private readonly news: PresenceNews;
  private readonly silent: SilentUids;
  private readonly socketPath: string;
  private readonly budget: OpenBudget;
  private readonly timings: SocketTimings;
  private readonly unannounce: Cancel | undefined;
  private readonly owner: SocketOwner;
  private stopSweeping: Cancel | undefined;
  private whenEmpty: (() => void) | undefined;
  private closing: Promise<void> | undefined;

  /** @throws CrossfadeError `invalid_settings` where `serviceUrl` is no base URL */
  constructor(private readonly options: WebSocketPresenceOptions) {
    const { clock, opensPerSecond = 50, lingerMs = 60_000, pingIntervalMs = 20_000 } = options;
    this.socketPath = socketPathOf(options.serviceUrl);
    this.budget = new OpenBudget(opensPerSecond);
    this.news = new PresenceNews(options.recorder);
    this.silent = new SilentUids(clock);
    this.timings = { clock, pingIntervalMs, lingerMs, random: options.random ?? Math.random };
    this.owner = this.ownSockets();
    this.unannounce = options.announcer?.onClosed((uid) => {
      this.silence(uid, clock.elapsedMs());
    });
  }

  hold(topic: Topic): PresenceHold {
    if (this.closing !== undefined) return { release: () => undefined };
    const socket = this.socketOf(topic);
    const lingered = !socket.isHeld && socket.isOpen;
    socket.hold();
    // Whoever holds is told only once it has the hold in hand.
    if (lingered)
      queueMicrotask(() => {
        this.tellWhatLingered(socket);
      });
    let held = true;
    return {
      release: (how) => {
        if (held && this.closing === undefined) socket.release(how);
        held = false;
      },
    };
  }

  /** Tells how the presences fare that are held here. */
  listen(listener: PresenceListener): Cancel {
    return this.news.listen(listener);
  }

  /** How the sockets stand, for metrics and readiness; `waiting` have failed and will try again. */
  get counts(): Readonly<Record<'sockets' | 'held' | 'open' | 'waiting', number>> {
    const counts = { sockets: 0, held: 0, open: 0, waiting: 0 };
    for (const { isHeld, isOpen, isWaiting } of this.allSockets()) {
      counts.sockets++;
      counts.held += Number(isHeld);
      counts.open += Number(isOpen);
      counts.waiting += Number(isWaiting);
    }
    return counts;
  }

  /** Closes every socket, without lingering; resolves when all are closed, after little more than 1 s. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    const empty = new Promise<void>((resolve) => {
      this.whenEmpty = resolve;
    });
    for (const socket of [...this.allSockets()]) socket.abandon();
    this.restIfEmpty();
    await empty;
    this.unannounce?.();
  }

  private ownSockets(): SocketOwner {
    const { recorder, clock } = this.options;
    return {
      queue: (socket) => {
        this.queue.add(socket);
        this.openQueued();
      },
      opened: ({ topic, isHeld }, askedAtMs) => {
        if (!isHeld) return;
        this.news.opened(topic, this.isFirst(topic, askedAtMs));
        // Which of the two the publisher saw first, this opening or that close, is not known.
        if (this.silent.has(topic.uid, askedAtMs)) this.news.lost(topic, askedAtMs, 'another');
      },
      lost: ({ topic, isHeld }, sinceMs) => {
        if (isHeld) this.news.lost(topic, sinceMs, 'itself');
        this.silence(topic.uid, sinceMs);
        this.announce(topic.uid);
      },
      closed: ({ topic }) => {
        this.silence(topic.uid, clock.elapsedMs());
        this.announce(topic.uid);
      },
      failed: (error) => {
        recorder.failed('presence', error);
      },
      gone: (socket) => {
        this.forget(socket);
      },
    };
  }

  /** One presence of a uid has ended, so the publisher may be silent about those that are still open. */
  private silence(uid: string, sinceMs: number): void {
    const sockets = this.sockets.get(uid);
    if (sockets === undefined) return;
    this.silent.add(uid);
    for (const { topic, isHeld, isOpen } of [...sockets.values()])
      if (isHeld && isOpen) this.news.lost(topic, sinceMs, 'another');
  }

  private announce(uid: string): void {
    try {
      this.options.announcer?.closed(uid);
    } catch (error) {
      this.options.recorder.failed('presence', error);
    }
  }

  private tellWhatLingered({ topic, isHeld, isOpen }: PresenceSocket): void {
    if (!isHeld || !isOpen) return;
    this.news.opened(topic, false);
    if (this.silent.has(topic.uid)) this.news.lost(topic, this.options.clock.elapsedMs(), 'another');
  }

  /** Only a user's own presence brings lists, and only when nobody was present as that uid before. */
  private isFirst({ uid, chat }: Topic, askedAtMs: number): boolean {
    if (chat !== undefined || this.silent.has(uid, askedAtMs)) return false;
    return [...(this.sockets.get(uid)?.values() ?? [])].filter(({ isOpen }) => isOpen).length === 1;
  }

  private openQueued(): void {
    const nowMs = this.options.clock.elapsedMs();
    for (const socket of this.queue) {
      if (!this.budget.take(nowMs)) return;
      this.queue.delete(socket);
      socket.connect();
    }
  }

  private sweep(): void {
    const nowMs = this.options.clock.elapsedMs();
    for (const socket of this.allSockets()) socket.sweep(nowMs);
    this.openQueued();
  }

  private socketOf(topic: Topic): PresenceSocket {
    const key = topicKey(topic);
    const sockets = this.sockets.get(topic.uid) ?? new Map<string, PresenceSocket>();
    this.sockets.set(topic.uid, sockets);
    let socket = sockets.get(key);
    if (socket === undefined) {
      socket = new PresenceSocket(topic, presenceUrl(this.socketPath, topic), this.timings, this.owner);
      sockets.set(key, socket);
    }
    this.stopSweeping ??= this.options.clock.every(SWEEP_MS, () => {
      this.sweep();
    });
    return socket;
  }

  private forget(socket: PresenceSocket): void {
    const { uid } = socket.topic;
    const sockets = this.sockets.get(uid);
    this.queue.delete(socket);
    sockets?.delete(topicKey(socket.topic));
    if (sockets?.size === 0) this.sockets.delete(uid);
    this.restIfEmpty();
  }

  private restIfEmpty(): void {
    if (this.sockets.size > 0) return;
    this.stopSweeping?.();
    this.stopSweeping = undefined;
    this.whenEmpty?.();
  }

  private *allSockets(): Generator<PresenceSocket> {
    for (const sockets of this.sockets.values()) yield* sockets.values();
  }
}

import type { Cancel, Clock } from '../../index.js';

/** Where the frames of one client go. */
export interface Outlet<Frame> {
  /** what was sent and has not left the process, bytes */
  readonly waitingBytes: number;
  send(frame: Frame): void;
  /** Tells the client that it missed `missed` events, so that it reads the truth again. */
  sendResync(missed: number): void;
  /** Sends the client away: it is too slow for what is said to it. */
  giveUp(): void;
}

export interface PacingOptions {
  readonly clock: Pick<Clock, 'elapsedMs' | 'every'>;
  /** what may wait for the client, bytes; one frame may exceed it */
  readonly bufferBytes: number;
  /** told of each resync, with how many events it stands for */
  readonly onResync?: (missed: number) => void;
}

/** how often a client that is behind is looked at */
const LOOK_EVERY_MS = 250;
/** a client that has not caught up by then will not */
const GIVE_UP_AFTER_MS = 10_000;
/** so many resyncs within so long, and they do not help */
const RESYNCS_THAT_HELP = 3;
const RESYNCS_WITHIN_MS = 60_000;

interface Behind<Frame> {
  readonly sinceMs: number;
  missed: number;
  /** the newest state of each list: what came before it is no loss */
  readonly lists: Map<string, Frame>;
  readonly stopLooking: Cancel;
}

/**
 * Keeps one slow client from costing anybody else anything: what waits for it is bounded. Beyond the bound nothing
 * is sent; once it has caught up it is told how much it missed, and gets the newest state of each list. A client
 * that does not catch up within 10 s, or falls behind for the fourth time within a minute, is given up.
 */
export class PacedReader<Frame> {
  private behind: Behind<Frame> | undefined;
  private resyncsAtMs: readonly number[] = [];
  private ended = false;

  constructor(
    private readonly outlet: Outlet<Frame>,
    private readonly options: PacingOptions,
  ) {}

  /** `keep` makes a frame that may be kept of `frame`; `listType` is asked only while the client is behind. */
  next(frame: Frame, listType: () => string | undefined, keep: (frame: Frame) => Frame): void {
    if (this.ended) return;
    if (this.behind === undefined) {
      // Asked before the frame is added, so that one large frame reaches a client that keeps up.
      if (this.outlet.waitingBytes <= this.options.bufferBytes) {
        this.outlet.send(frame);
        return;
      }
      this.behind = this.fallBehind();
      if (this.behind === undefined) return;
    }
    const type = listType();
    if (type === undefined) this.behind.missed++;
    else this.behind.lists.set(type, keep(frame));
  }

  /** The client has left. */
  end(): void {
    this.ended = true;
    this.behind?.stopLooking();
    this.behind = undefined;
  }

  private fallBehind(): Behind<Frame> | undefined {
    const nowMs = this.options.clock.elapsedMs();
    const recent = this.resyncsAtMs.filter((atMs) => nowMs - atMs < RESYNCS_WITHIN_MS);
    this.resyncsAtMs = recent;
    if (recent.length >= RESYNCS_THAT_HELP) {
      this.giveUp();
      return undefined;
    }
    const stopLooking = this.options.clock.every(LOOK_EVERY_MS, () => {
      this.look();
    });
    return { sinceMs: nowMs, missed: 0, lists: new Map(), stopLooking };
  }

  private look(): void {
    const { behind, outlet } = this;
    if (behind === undefined) return;
    const nowMs = this.options.clock.elapsedMs();
    if (outlet.waitingBytes <= this.options.bufferBytes / 4) {
      behind.stopLooking();
      this.behind = undefined;
      this.resyncsAtMs = [...this.resyncsAtMs, nowMs];
      this.options.onResync?.(behind.missed);
      outlet.sendResync(behind.missed);
      for (const frame of behind.lists.values()) outlet.send(frame);
    } else if (nowMs - behind.sinceMs >= GIVE_UP_AFTER_MS) this.giveUp();
  }

  private giveUp(): void {
    this.end();
    this.outlet.giveUp();
  }
}

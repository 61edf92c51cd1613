/** A tick that comes so much too late was a process that stood still; what came meanwhile waits in the socket. */
const FROZEN_MS = 1_000;

export interface LinkProofOptions {
  /** how often `tick` is called, milliseconds */
  readonly tickMs: number;
  /** silence of a peer that owes an answer, after which it counts as dead, milliseconds */
  readonly silenceLimitMs: number;
  /** as `silenceLimitMs`, until the peer has let us in */
  readonly handshakeLimitMs: number;
}

/**
 * What is proven about one connection: until when it was whole, and whether its peer lives. Silence is counted
 * only while this process looked: after it stood still, the peer's answer may be waiting unread.
 */
export class LinkProof {
  /** the last moment at which the connection is proven to have been whole */
  provenAtMs: number;
  private phase: 'handshake' | 'ready' | 'none' = 'none';
  private tickedAtMs: number;
  private frozenAtMs = -Infinity;
  private bytesRead = 0;
  private silentMs = 0;
  private owed = 0;
  private roundTripMs = 0;
  private handshakeAtMs = 0;

  constructor(
    private readonly options: LinkProofOptions,
    nowMs: number,
  ) {
    this.provenAtMs = this.tickedAtMs = nowMs;
  }

  /** The peer has taken the connection, and has not let us in yet. */
  accepted(nowMs: number): void {
    this.begin('handshake');
    this.handshakeAtMs = nowMs;
  }

  /** It has let us in: from here on something may be missed. */
  ready(nowMs: number): void {
    this.begin('ready');
    this.roundTripMs = nowMs - this.handshakeAtMs;
    this.provenAtMs = nowMs;
  }

  gone(): void {
    this.begin('none');
  }

  asked(): void {
    this.owed++;
  }

  /** Whatever the peer wrote before this answer has been read. */
  answered(askedAtMs: number, nowMs: number): void {
    this.owed = Math.max(0, this.owed - 1);
    this.roundTripMs = nowMs - askedAtMs;
    this.provenAtMs = Math.max(this.provenAtMs, askedAtMs);
  }

  /** To be called every `tickMs`; `bytesRead` in all from this connection. Returns whether the peer counts as dead. */
  tick(nowMs: number, bytesRead: number): boolean {
    const passedMs = nowMs - this.tickedAtMs;
    if (this.stoodStillFor(passedMs)) this.frozenAtMs = nowMs;
    this.tickedAtMs = nowMs;
    const isSilent = bytesRead === this.bytesRead && this.phase !== 'none';
    this.bytesRead = bytesRead;
    const owes = this.owed > 0 || this.phase === 'handshake';
    this.silentMs = isSilent && owes ? this.silentMs + Math.min(passedMs, 2 * this.options.tickMs) : 0;
    return this.silentMs >= this.limitMs();
  }

  /** Whether this process stood still at any time since the connection was last proven whole. */
  wasFrozen(nowMs: number): boolean {
    return this.frozenAtMs >= this.provenAtMs || this.stoodStillFor(nowMs - this.tickedAtMs);
  }

  /** A link that is slow but answers is no dead one: twice its own round trip is waited for, up to the handshake's limit. */
  private limitMs(): number {
    const { silenceLimitMs, handshakeLimitMs } = this.options;
    if (this.phase === 'handshake') return handshakeLimitMs;
    return Math.max(silenceLimitMs, Math.min(2 * this.roundTripMs, handshakeLimitMs));
  }

  private stoodStillFor(passedMs: number): boolean {
    return passedMs - this.options.tickMs >= FROZEN_MS;
  }

  private begin(phase: 'handshake' | 'ready' | 'none'): void {
    this.phase = phase;
    this.silentMs = this.owed = 0;
  }
}

import type { Presence, PresenceHold } from '../contracts/presence.js';
import type { Topic } from '../domain/topic.js';

/** How long a publisher may be silent about a user after one presence of that user was closed. */
const SILENCE_MS = 45_000;

/** One topic's presence while it is held: opening until the publisher has it, and again after each loss. */
export class HeldPresence {
  /** whether the publisher has it, and speaks */
  isOpen = false;
  private wasLost = false;
  private readonly hold: PresenceHold;

  constructor(
    presence: Presence,
    topic: Topic,
    readonly heldAtMs: number,
  ) {
    this.hold = presence.hold(topic);
  }

  /** Returns until when the publisher may be silent all the same, if it is. */
  opened(nowMs: number): number {
    this.isOpen = true;
    return this.wasLost ? nowMs + SILENCE_MS : nowMs;
  }

  /** `isOwn`: it was this presence that was lost, and not another one of the same user. Returns until when the publisher may be silent. */
  lost(isOwn: boolean, nowMs: number): number {
    if (!isOwn) return nowMs + SILENCE_MS;
    this.wasLost = true;
    this.isOpen = false;
    return Infinity;
  }

  release(): void {
    this.hold.release();
  }
}

import type { Cancel } from '../contracts/clock.js';
import type { PresenceListener } from '../contracts/presence-listener.js';
import type { Recorder } from '../contracts/recorder.js';
import type { Topic } from '../domain/topic.js';

/** Tells whoever listens how presence fares; one that throws breaks neither the others nor what is held. */
export class PresenceNews {
  private readonly listeners = new Set<PresenceListener>();

  constructor(private readonly recorder: Recorder) {}

  listen(listener: PresenceListener): Cancel {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  opened(topic: Topic, isFirst: boolean): void {
    this.tell((listener) => {
      listener.opened(topic, isFirst);
    });
  }

  /** `sinceMs`: the last moment that is proven whole, of `Clock.elapsedMs()`. */
  lost(topic: Topic, sinceMs: number, by: 'itself' | 'another'): void {
    this.tell((listener) => {
      listener.lost(topic, { cause: 'presence', sinceMs }, by);
    });
  }

  private tell(what: (listener: PresenceListener) => void): void {
    for (const listener of [...this.listeners])
      try {
        what(listener);
      } catch (error) {
        this.recorder.failed('presence', error);
      }
  }
}

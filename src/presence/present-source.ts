import type { Cancel, Clock } from '../contracts/clock.js';
import type { EventSource, SourceSink, SourceSubscription } from '../contracts/event-source.js';
import type { PresenceListener } from '../contracts/presence-listener.js';
import type { Presence, PresenceHold } from '../contracts/presence.js';
import type { Source } from '../domain/source.js';
import { topicKey, type Topic } from '../domain/topic.js';
import { GatedSink } from './gated-sink.js';
import { PresentTopic, type FirstListListener } from './present-topic.js';

const SWEEP_MS = 500;

/** A presence that says how it fares. */
export interface WatchedPresence extends Presence {
  listen(listener: PresenceListener): Cancel;
}

/**
 * A source whose publisher speaks only of users who are present, joined with that presence: a topic counts as
 * attached only while both are well. A presence that does not open in time, is lost, or is silenced by the close
 * of another one of the same uid is a gap of the cause `presence`; the last kind ends with the topic's next
 * message, after 45 s at most. Topics whose presence nobody holds pass through.
 */
export class PresentSource implements EventSource, Presence {
  private readonly topics = new Map<string, PresentTopic>();
  private readonly pending = new Set<PresentTopic>();
  private readonly stopListening: Cancel;
  private stopSweeping: Cancel | undefined;
  private firstLists: FirstListListener | undefined;

  constructor(
    private readonly inner: EventSource,
    private readonly presence: WatchedPresence,
    private readonly clock: Clock,
  ) {
    this.stopListening = presence.listen({
      opened: (topic, isFirst) => {
        this.change(topic, (present) => {
          present.opened(isFirst);
        });
      },
      lost: (topic, { sinceMs }, by) => {
        this.change(topic, (present) => {
          present.lost(sinceMs, by);
        });
      },
    });
  }

  get source(): Source {
    return this.inner.source;
  }

  open(topic: Topic, sink: SourceSink): SourceSubscription {
    const present = this.topicOf(topic);
    const gated = new GatedSink(sink, present);
    present.sinks.add(gated);
    const subscription = this.inner.open(topic, gated);
    return {
      close: () => {
        subscription.close();
        present.sinks.delete(gated);
        this.forgetUnused(topic, present);
      },
    };
  }

  hold(topic: Topic): PresenceHold {
    const present = this.topicOf(topic);
    present.held();
    this.watch(present);
    const hold = this.presence.hold(topic);
    let isHeld = true;
    return {
      release: (how) => {
        if (!isHeld) return;
        isHeld = false;
        hold.release(how);
        present.released();
        this.forgetUnused(topic, present);
      },
    };
  }

  /** Tells of the first lists of users who become present from now on. */
  watchFirstLists(listener: FirstListListener): void {
    this.firstLists = listener;
  }

  /** Tells nobody anything more, and leaves no timer. The source and the presence are closed by whoever made them. */
  close(): void {
    this.stopListening();
    this.topics.clear();
    this.pending.clear();
    this.sweepWhilePending();
  }

  private topicOf(topic: Topic): PresentTopic {
    const key = topicKey(topic);
    let present = this.topics.get(key);
    if (present === undefined) {
      present = new PresentTopic(
        topic.uid,
        () => this.clock.elapsedMs(),
        () => this.firstLists,
      );
      this.topics.set(key, present);
    }
    return present;
  }

  private forgetUnused(topic: Topic, present: PresentTopic): void {
    const key = topicKey(topic);
    if (present.isUsed || this.topics.get(key) !== present) return;
    this.topics.delete(key);
    this.pending.delete(present);
    this.sweepWhilePending();
  }

  private change(topic: Topic, apply: (present: PresentTopic) => void): void {
    const present = this.topics.get(topicKey(topic));
    if (present === undefined) return;
    apply(present);
    this.watch(present);
  }

  private watch(present: PresentTopic): void {
    if (present.isPending) this.pending.add(present);
    else this.pending.delete(present);
    this.sweepWhilePending();
  }

  private sweep(): void {
    const nowMs = this.clock.elapsedMs();
    for (const present of this.pending) {
      present.sweep(nowMs);
      if (!present.isPending) this.pending.delete(present);
    }
    this.sweepWhilePending();
  }

  private sweepWhilePending(): void {
    if (this.pending.size === 0) {
      this.stopSweeping?.();
      this.stopSweeping = undefined;
    } else {
      this.stopSweeping ??= this.clock.every(SWEEP_MS, () => {
        this.sweep();
      });
    }
  }
}

import { isShownByLegacy, legacyChat, legacyList, type LegacyTuple } from './legacy-tuple.js';
import type { Random } from './random.js';
import type { Timeline } from './timeline.js';
import { topicKey, type Topic } from './topic.js';
import type { ChatMessage, ListName, UserTruth } from './truth.js';

/** Takes what legacy says for a user; what it throws is counted and goes no further. */
export type LegacySink = (uid: string, item: LegacyTuple) => void;

export interface LegacySideOptions {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly user: (uid: string) => UserTruth;
  /** told of each thing said, or of a sink that threw */
  readonly onTold: (listener: 'notifications' | 'messages' | 'chat', outcome: 'told' | 'failed') => void;
}

interface Listener {
  readonly uid: string;
  readonly sink: LegacySink;
}

const MESSAGES_PERIOD_MS = 5_000;

/** The backend's own listeners, as they speak today: only for topics that somebody listens to. */
export class LegacySide {
  private readonly listeners = new Map<string, Set<Listener>>();
  /** legacy's clock minus the publisher's, microseconds */
  private readonly clockOffsetMicros: number;

  constructor(private readonly options: LegacySideOptions) {
    this.clockOffsetMicros = options.random.between(-250_000, 250_000);
  }

  /** Somebody listens from now on. A user's lists are said once at the start, as a database's listener does. */
  listen(topic: Topic, sink: LegacySink): () => void {
    const { timeline } = this.options;
    const key = topicKey(topic);
    const listener: Listener = { uid: topic.uid, sink };
    const those = this.listeners.get(key) ?? new Set<Listener>();
    this.listeners.set(key, those.add(listener));
    let next: () => void = () => undefined;
    const repeatMessages = () => {
      this.sayList('messages', listener);
      next = timeline.at(timeline.nowMs + MESSAGES_PERIOD_MS, repeatMessages);
    };
    if (topic.chat === undefined) {
      next = timeline.at(timeline.nowMs, () => {
        this.sayList('notifications', listener);
        repeatMessages();
      });
    }
    return () => {
      next();
      those.delete(listener);
      if (those.size === 0 && this.listeners.get(key) === those) this.listeners.delete(key);
    };
  }

  isListened(topic: Topic): boolean {
    return this.listeners.has(topicKey(topic));
  }

  /** One snapshot per change of the notifications; messages wait for their next turn. */
  listChanged(uid: string, list: ListName): void {
    if (list === 'messages') return;
    for (const listener of this.listeners.get(uid) ?? []) this.sayList(list, listener);
  }

  /** Returns whether anybody was told. */
  chatMessage(topic: Topic, message: ChatMessage): boolean {
    const those = this.listeners.get(topicKey(topic));
    if (those === undefined || !isShownByLegacy(message)) return false;
    const tuple = legacyChat(topic.chat, message);
    for (const listener of [...those]) this.tell(listener, 'chat', tuple);
    return true;
  }

  private sayList(list: ListName, listener: Listener): void {
    const { timeline, random, user } = this.options;
    const items = user(listener.uid).lists[list];
    if (list === 'messages' && items.length === 0) return;
    const micros = timeline.micros() + this.clockOffsetMicros;
    this.tell(listener, list, legacyList(list, items, micros, random));
  }

  private tell({ uid, sink }: Listener, listener: ListName | 'chat', tuple: LegacyTuple): void {
    try {
      sink(uid, tuple);
      this.options.onTold(listener, 'told');
    } catch {
      this.options.onTold(listener, 'failed');
    }
  }
}

import { InProcessSource, type Topic } from '../../index.js';

/** Which topics of the legacy source are open, by uid. */
export class ListenedTopics {
  private readonly byUid = new Map<string, Set<Topic>>();

  of(uid: string): readonly Topic[] {
    return [...(this.byUid.get(uid) ?? [])];
  }

  /** For the `start` of an InProcessSource. */
  readonly open = (topic: Topic): (() => void) => {
    const topics = this.byUid.get(topic.uid) ?? new Set();
    this.byUid.set(topic.uid, topics.add(topic));
    return () => {
      topics.delete(topic);
      if (topics.size === 0) this.byUid.delete(topic.uid);
    };
  };
}

/** The legacy source of a backend in another process: it says what is handed over, and nothing by itself. */
export function fedSource(topics: ListenedTopics): InProcessSource {
  return new InProcessSource({ start: topics.open });
}

import type { Source } from '../domain/source.js';

const MAX_IDS = 128;

/** The newest 128 ids of messages that one topic's readers got, and from which source. */
export class DeliveredIds {
  private readonly ids = new Map<string, Source>();

  /** The source that brought the message; undefined where it was not delivered, or 128 messages ago. */
  sourceOf(id: string): Source | undefined {
    return this.ids.get(id);
  }

  add(id: string, source: Source): void {
    this.ids.set(id, source);
    if (this.ids.size <= MAX_IDS) return;
    for (const oldest of this.ids.keys()) {
      this.ids.delete(oldest);
      return;
    }
  }
}

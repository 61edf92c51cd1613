import type { Topic } from '../domain/topic.js';
import type { Envelope } from '../domain/user-event.js';

/** Re-reads the truth after a gap, where events were lost for good. */
export interface Resync {
  /** The present state of a topic as the publisher would have sent it (lists as `*.sync`). Rejects when it cannot be read. */
  read(topic: Topic): Promise<readonly Envelope[]>;
}

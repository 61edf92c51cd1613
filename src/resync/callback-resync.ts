import type { Clock } from '../contracts/clock.js';
import type { Resync } from '../contracts/resync.js';
import { envelopeOfLegacyItem, topicOfEnvelope, type LegacyItem } from '../domain/legacy-item.js';
import { topicKey, type Topic } from '../domain/topic.js';
import type { Envelope } from '../domain/user-event.js';
import { beforeDeadline } from './before-deadline.js';

/** The host's own way to read a topic's present state: its lists, as envelopes or as the tuples of its queue. */
export type ResyncCallback = (topic: Topic) => Promise<readonly LegacyItem[]> | readonly LegacyItem[];

export interface CallbackResyncOptions {
  readonly callback: ResyncCallback;
  readonly clock: Clock;
  /** how long an answer may take, default 5,000 */
  readonly timeoutMs?: number;
}

/** Asks the host. An answer that holds anything of another topic is refused as a whole. */
export class CallbackResync implements Resync {
  constructor(private readonly options: CallbackResyncOptions) {}

  async read(topic: Topic): Promise<readonly Envelope[]> {
    const { callback, clock, timeoutMs = 5000 } = this.options;
    // Async, so that a callback that throws at once rejects like any other.
    const asked = (async (): Promise<unknown> => callback(topic))();
    const answer = await beforeDeadline(asked, clock, timeoutMs);
    if (!Array.isArray(answer))
      throw new Error('The resync callback gave no list. Return an array, also an empty one.');
    return answer.map((item) => envelopeFor(topic, item));
  }
}

function envelopeFor(topic: Topic, item: unknown): Envelope {
  const envelope = envelopeOfLegacyItem(topic.uid, item);
  if (envelope === undefined || topicKey(topicOfEnvelope(envelope)) !== topicKey(topic))
    throw new Error(
      'The resync callback gave an item that is none of the topic that was asked for. Return only its envelopes, or [listener, payload].',
    );
  return envelope;
}

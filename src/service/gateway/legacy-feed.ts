import type { InProcessSource } from '../../index.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import { REMEMBERED_KEYS } from './gateway-limits.js';
import type { LegacyBatch, LegacyEntry } from './legacy-batch.js';
import type { ListenedTopics } from './listened-topics.js';
import { RecentKeys } from './recent-keys.js';

/** What became of a batch. */
export interface FeedResult {
  /** told to whoever listens, or to nobody where nobody does */
  readonly accepted: number;
  /** known by their key already */
  readonly repeated: number;
}

/** Hands what the legacy side says to the legacy source, each thing once. */
export class LegacyFeed {
  private readonly keys = new RecentKeys(REMEMBERED_KEYS);

  constructor(
    private readonly source: InProcessSource,
    private readonly topics: ListenedTopics,
    private readonly metrics: GatewayMetrics,
  ) {}

  take({ entries, refused }: LegacyBatch): FeedResult {
    let repeated = 0;
    for (const entry of entries) if (!this.takeOne(entry)) repeated++;
    this.metrics.legacyItems('refused', refused.length);
    return { accepted: entries.length - repeated, repeated };
  }

  /** Returns whether it was new. */
  private takeOne(entry: LegacyEntry): boolean {
    if (entry.kind === 'lost') {
      this.lost(entry.uid, entry.lost);
      return true;
    }
    const { uid, item, key } = entry;
    if (key !== undefined && !this.keys.isNew(key)) {
      this.metrics.legacyItems('repeated', 1);
      return false;
    }
    this.metrics.legacyItems(this.source.push(uid, item) ? 'heard' : 'unheard', 1);
    return true;
  }

  /** What never arrived must not look like a fault of Redis: a gap of the legacy side is what it is. */
  private lost(uid: string, count: number): void {
    this.metrics.legacyLost(count);
    for (const topic of this.topics.of(uid)) {
      this.source.detach(topic);
      this.source.attach(topic);
    }
  }
}

import { SOURCES, type Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import { NO_DOUBTS, type RedisDoubts } from './redis-doubts.js';
import type { RoutingParts } from './routing-parts.js';
import { SourceLeg, type LegOwner } from './source-leg.js';

/** The legs of one stream: those that are open. */
export class SourceLegs {
  private legacy: SourceLeg | undefined;
  private redis: SourceLeg | undefined;

  constructor(private readonly doubts: RedisDoubts) {}

  of(source: Source): SourceLeg | undefined {
    return this[source];
  }

  get hasBoth(): boolean {
    return this.legacy !== undefined && this.redis !== undefined;
  }

  /** Whether a source is attached: whatever it carries is heard. */
  isWell(source: Source): boolean {
    return this[source]?.state === 'attached';
  }

  /** Since when nothing more has changed in who is heard, milliseconds of `Clock.elapsedMs()`. */
  get sameSinceMs(): number {
    return Math.max(this.legacy?.attachedAtMs ?? -Infinity, this.redis?.attachedAtMs ?? -Infinity);
  }

  /** Opens a source that is registered and not yet open. */
  open(source: Source, parts: RoutingParts, topic: Topic, owner: LegOwner): void {
    const from = parts[source];
    const doubts = source === 'redis' ? this.doubts.standing : NO_DOUBTS;
    if (from !== undefined) this[source] ??= new SourceLeg(from, topic, owner, doubts);
  }

  /** Takes up what is doubted about Redis as a whole now. */
  heedDoubts(): void {
    this.redis?.heed(this.doubts.standing);
  }

  close(source: Source): void {
    this[source]?.close();
    this[source] = undefined;
  }

  closeAll(): void {
    for (const source of SOURCES) this.close(source);
  }
}

import type { Gap } from '../../src/domain/gap.js';
import { LIST_ITEMS, listItems } from '../../src/domain/list.js';
import { topicKey, type Topic } from '../../src/domain/topic.js';
import { isJsonObject, type Envelope, type JsonObject } from '../../src/domain/user-event.js';

/** A one-to-one event of the outside world; times are milliseconds since 1970. */
export interface Happening {
  readonly topic: Topic;
  readonly type: string;
  readonly id: string;
  readonly atMs: number;
  /** when the publisher had published it, or had failed to; undefined while it has not */
  publishedAtMs?: number;
}

/** What does not balance, each as a sentence; empty where all is well. */
export interface Balance {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly stale: readonly string[];
}

export interface BookSums {
  readonly happened: number;
  readonly delivered: number;
  /** not delivered, and inside a reported gap */
  readonly swallowed: number;
  readonly gaps: number;
  /** the longest that a delivered event took, milliseconds */
  readonly longestMs: number;
}

/** an emission and the edges of a gap are dated by two timers of one machine */
const EDGE_MS = 20;

/**
 * Who was told what. All that happens is written down, all that is delivered, and every gap that was reported;
 * then they are held against each other. What happened before `open` is warm-up and does not count.
 */
export class Books {
  private readonly happenings = new Map<string, Happening>();
  private readonly deliveries = new Map<string, number[]>();
  private readonly truth = new Map<string, string>();
  private readonly screens = new Map<string, string>();
  private readonly gaps = new Map<string, Gap[]>();
  private gapCount = 0;
  private readonly settled = { happened: 0, delivered: 0 };
  private openedAtMs = Infinity;

  /** From now on everything counts. */
  open(): void {
    this.openedAtMs = Date.now();
  }

  happened(happening: Happening): void {
    this.happenings.set(happening.id, happening);
  }

  /** A list of a user is this from now on. */
  listIs(uid: string, type: string, items: readonly object[]): void {
    this.truth.set(`${uid} ${type}`, stateOf(type, { [LIST_ITEMS.get(type) ?? '']: items }));
  }

  delivered(uid: string, { type, payload: said }: Envelope): void {
    const payload = isJsonObject(said) ? said : {};
    if (LIST_ITEMS.has(type)) {
      this.screens.set(`${uid} ${type}`, stateOf(type, payload));
      return;
    }
    for (const id of idsOf(type, payload)) {
      // What is nobody's due may come all the same.
      if (!this.happenings.has(id)) continue;
      const times = this.deliveries.get(id) ?? [];
      this.deliveries.set(id, times);
      times.push(Date.now());
    }
  }

  gap(gap: Gap): void {
    this.gapCount++;
    const key = topicKey(gap.topic);
    const gaps = this.gaps.get(key) ?? [];
    this.gaps.set(key, gaps);
    gaps.push(gap);
  }

  /** All gaps that were reported so far. */
  get reported(): readonly Gap[] {
    return [...this.gaps.values()].flat();
  }

  balance(): Balance {
    const lost: string[] = [];
    const doubled: string[] = [];
    for (const happening of this.counted()) {
      const times = this.deliveries.get(happening.id)?.length ?? 0;
      if (times === 0 && !this.isInGap(happening)) lost.push(this.sentence(happening));
      if (times > 1) doubled.push(`${this.sentence(happening)}, ${times} times`);
    }
    const stale = [...this.truth].filter(([key, state]) => this.screens.get(key) !== state);
    return { lost, doubled, stale: stale.map(([key]) => key) };
  }

  sums(): BookSums {
    const { happened, delivered } = this.settled;
    const sums = { happened, delivered, swallowed: happened - delivered, gaps: this.gapCount, longestMs: 0 };
    for (const happening of this.counted()) {
      const firstMs = this.deliveries.get(happening.id)?.[0];
      sums.happened++;
      if (firstMs === undefined) sums.swallowed += Number(this.isInGap(happening));
      else sums.delivered++;
      sums.longestMs = Math.max(sums.longestMs, (firstMs ?? 0) - happening.atMs);
    }
    return sums;
  }

  /** Not delivered, in a gap or not; of types that this says. */
  undelivered(isMeant: (type: string) => boolean): readonly Happening[] {
    return [...this.counted()].filter(({ type, id }) => isMeant(type) && !this.deliveries.has(id));
  }

  /** What is settled and older than this is struck from the books, so that a long run does not fill the memory. */
  forgetBefore(atMs: number): void {
    for (const happening of this.counted()) {
      if (happening.atMs >= atMs) break;
      const times = this.deliveries.get(happening.id)?.length ?? 0;
      if (times !== 1 && !(times === 0 && this.isInGap(happening))) continue;
      this.settled.happened++;
      this.settled.delivered += times;
      this.happenings.delete(happening.id);
      this.deliveries.delete(happening.id);
    }
    for (const [key, gaps] of this.gaps)
      this.gaps.set(
        key,
        gaps.filter(({ toMs }) => toMs >= atMs),
      );
  }

  private *counted(): Generator<Happening> {
    for (const happening of this.happenings.values()) if (happening.atMs >= this.openedAtMs) yield happening;
  }

  private isInGap({ topic, atMs, publishedAtMs = atMs }: Happening): boolean {
    const gaps = this.gaps.get(topicKey(topic)) ?? [];
    return gaps.some(
      ({ source, fromMs, toMs }) =>
        source === 'redis' && publishedAtMs >= fromMs - EDGE_MS && atMs <= toMs + EDGE_MS,
    );
  }

  private sentence({ topic, type, id, atMs }: Happening): string {
    const key = topicKey(topic);
    const gaps = (this.gaps.get(key) ?? []).map(
      ({ source, cause, fromMs, toMs }) => `${source} ${cause} ${fromMs - atMs}..${toMs - atMs}`,
    );
    return `${key} ${type} ${id} at ${atMs} (gaps, relative: ${gaps.slice(-6).join(', ') || 'none'})`;
  }
}

function stateOf(type: string, payload: JsonObject): string {
  const items = listItems(payload, LIST_ITEMS.get(type) ?? '');
  return [...items]
    .map(([id, { message }]) => `${id}=${String(message)}`)
    .sort()
    .join(' ');
}

function idsOf(type: string, payload: JsonObject): readonly string[] {
  if (type !== 'chat.message') return [String(payload['task_id'])];
  return (payload['raw_messages'] as readonly { id: string }[]).map(({ id }) => id);
}

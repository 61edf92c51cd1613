import type { NotComparedReason } from '../domain/comparison.js';
import type { Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { ComparisonBook, Subject } from './comparison-book.js';
import { Doubts, type Doubt } from './doubts.js';
import type { Lettered, LetterRoom } from './letter-room.js';
import type { Excuse, Findings, Mismatch } from './mismatch.js';

/** What may be held in all, over every topic. */
export class HoldingLimit {
  private held = 0;

  constructor(private readonly most: number) {}

  get count(): number {
    return this.held;
  }

  /** Takes room, or gives it back where negative; false where there is none. */
  take(count: number): boolean {
    if (count > 0 && this.held + count > this.most) return false;
    this.held += count;
    return true;
  }
}

/** What all topics share. */
export interface SharedParts {
  readonly book: ComparisonBook;
  readonly pending: HoldingLimit;
  readonly items: HoldingLimit;
  /** where lists are kept letter by letter */
  readonly letters: LetterRoom;
  /** doubts about every source of every topic: the process stood still */
  readonly frozen: Doubts;
  /** A verdict is held back and wants to be spoken later. */
  readonly held: () => void;
}

/** The findings of one topic, on their way into the book. */
export class SessionFindings implements Findings, Subject {
  readonly doubts = new Doubts();
  private hashedUid: string | undefined;

  constructor(
    readonly topic: Topic,
    private readonly shared: SharedParts,
  ) {}

  get user(): string {
    return (this.hashedUid ??= this.shared.book.userOf(this.topic));
  }

  matched(type: string): void {
    this.shared.book.matched(this, type);
  }

  mismatched(type: string, mismatches: readonly Mismatch[]): void {
    this.shared.book.mismatched(this, type, mismatches);
    this.shared.held();
  }

  excused(type: string, { reason, cause }: Excuse): void {
    this.shared.book.recorder.excused(reason, type, cause);
  }

  notCompared(type: string, reason: NotComparedReason): void {
    this.shared.book.recorder.notCompared(reason, type);
  }

  late(type: string): void {
    this.shared.book.recorder.late(type);
  }

  lag(type: string, lagMs: number): void {
    this.shared.book.recorder.lag(type, lagMs);
  }

  doubt(source: Source, fromMs: number, untilMs: number): Doubt | undefined {
    return this.doubts.over(source, fromMs, untilMs) ?? this.shared.frozen.over(source, fromMs, untilMs);
  }

  dropped(source: Source, atMs: number, type: string): void {
    this.shared.book.recorder.dropped('comparison');
    this.excused(type, { reason: 'overload' });
    this.doubts.add({ source, fromMs: atMs, untilMs: atMs, reason: 'overload' });
  }

  holdPending(count: number): boolean {
    return this.shared.pending.take(count);
  }

  holdItems(count: number): boolean {
    return this.shared.items.take(count);
  }

  holdLetters(owner: Lettered, items: number): void {
    this.shared.letters.spoke(owner, items);
  }
}

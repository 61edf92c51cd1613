/** Whoever holds lists letter by letter. */
export interface Lettered {
  dropLetters(): void;
}

/**
 * Who may keep its lists letter by letter: those that spoke last, up to so many items in all. Comparing letters is
 * a fraction of digesting them, and changes come in bursts.
 */
export class LetterRoom {
  /** in the order in which they spoke, with how many items they hold */
  private readonly owners = new Map<Lettered, number>();
  private held = 0;

  constructor(private readonly mostItems: number) {}

  /** It spoke, and holds so many items now; 0: none any more. */
  spoke(owner: Lettered, items: number): void {
    this.leave(owner);
    if (items === 0) return;
    this.owners.set(owner, items);
    this.held += items;
    if (this.held > this.mostItems) this.makeRoom();
  }

  private leave(owner: Lettered): void {
    this.held -= this.owners.get(owner) ?? 0;
    this.owners.delete(owner);
  }

  /** An eighth at once: a Map is slow to tell its oldest entry once many were deleted. */
  private makeRoom(): void {
    for (const owner of this.owners.keys()) {
      if (this.held <= this.mostItems * (7 / 8)) return;
      this.leave(owner);
      owner.dropLetters();
    }
  }
}

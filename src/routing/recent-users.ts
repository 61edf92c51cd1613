interface Entry<Said> {
  readonly uid: string;
  said: Said;
  older: Entry<Said> | undefined;
  newer: Entry<Said> | undefined;
}

/**
 * What was said last of each user, the oldest first. A Map alone would keep the order too, but each user who is said
 * something of again leaves a hole at its front, and whoever looks for the oldest walks over all of them.
 */
export class RecentUsers<Said> {
  private readonly entries = new Map<string, Entry<Said>>();
  private first: Entry<Said> | undefined;
  private last: Entry<Said> | undefined;

  get size(): number {
    return this.entries.size;
  }

  /** What was said of the user of whom nothing newer was said than of any other. */
  get oldest(): Said | undefined {
    return this.first?.said;
  }

  get(uid: string): Said | undefined {
    return this.entries.get(uid)?.said;
  }

  /** The user becomes the newest; returns what was said of the user before. */
  set(uid: string, said: Said): Said | undefined {
    const entry = this.entries.get(uid);
    if (entry === undefined) {
      const fresh: Entry<Said> = { uid, said, older: undefined, newer: undefined };
      this.entries.set(uid, fresh);
      this.append(fresh);
      return undefined;
    }
    const before = entry.said;
    entry.said = said;
    this.unlink(entry);
    this.append(entry);
    return before;
  }

  dropOldest(): void {
    if (this.first === undefined) return;
    this.entries.delete(this.first.uid);
    this.unlink(this.first);
  }

  *values(): Generator<Said> {
    for (let entry = this.first; entry !== undefined; entry = entry.newer) yield entry.said;
  }

  clear(): void {
    this.entries.clear();
    this.first = this.last = undefined;
  }

  private append(entry: Entry<Said>): void {
    entry.older = this.last;
    if (this.last === undefined) this.first = entry;
    else this.last.newer = entry;
    this.last = entry;
  }

  private unlink(entry: Entry<Said>): void {
    const { older, newer } = entry;
    if (older === undefined) this.first = newer;
    else older.newer = newer;
    if (newer === undefined) this.last = older;
    else newer.older = older;
    entry.older = entry.newer = undefined;
  }
}

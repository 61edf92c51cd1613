/** Remembers the newest keys, so that what is handed over twice is told once. */
export class RecentKeys {
  private readonly keys = new Set<string>();

  constructor(private readonly most: number) {}

  /** Whether this key is seen for the first time; from now on it is known. */
  isNew(key: string): boolean {
    if (this.keys.has(key)) return false;
    this.keys.add(key);
    if (this.keys.size > this.most) this.keys.delete(this.keys.values().next().value ?? key);
    return true;
  }
}

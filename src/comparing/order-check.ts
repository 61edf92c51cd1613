const REMEMBERED = 64;
/** In place of one that was blamed: it has crossed nobody. */
const BLAMED = -1;

/**
 * Tells whether the two sources said a type's events in the same order. Of events that changed places only the
 * one that moved is blamed: who overtakes many is blamed once, not those whom it overtook.
 */
export class OrderCheck {
  // The places of a matched pair in each source's own order, legacy and Redis by turns: numbers, and no objects to
  // be collected for each pair.
  private recent: number[] = [];
  private highestLegacy = -1;
  private highestRedis = -1;

  /** Notes a matched pair; true where it shows that one event moved which was not blamed yet. */
  moved(legacy: number, redis: number): boolean {
    const inOrder = legacy > this.highestLegacy && redis > this.highestRedis;
    this.highestLegacy = Math.max(this.highestLegacy, legacy);
    this.highestRedis = Math.max(this.highestRedis, redis);
    const crossed = inOrder ? NOBODY : this.crossedBy(legacy, redis);
    const [only] = crossed;
    if (crossed.length === 1 && only !== undefined) this.recent[only] = this.recent[only + 1] = BLAMED;
    const isBlamed = crossed.length > 1;
    this.recent.push(isBlamed ? BLAMED : legacy, isBlamed ? BLAMED : redis);
    if (this.recent.length > 4 * REMEMBERED) this.recent = this.recent.slice(-2 * REMEMBERED);
    return crossed.length > 0;
  }

  /** Where those stand that one source said before this pair and the other one after it. */
  private crossedBy(legacy: number, redis: number): readonly number[] {
    const crossed: number[] = [];
    for (let at = 0; at < this.recent.length; at += 2)
      if ((this.recent[at] ?? 0) < legacy !== (this.recent[at + 1] ?? 0) < redis) crossed.push(at);
    return crossed;
  }
}

const NOBODY: readonly number[] = [];

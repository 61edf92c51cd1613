/** A pair that was matched: its place in each source's own order. */
interface Place {
  readonly legacy: number;
  readonly redis: number;
  blamed: boolean;
}

const REMEMBERED = 256;

/**
 * Tells whether the two sources said a type's events in the same order. Of events that changed places only the
 * one that moved is blamed: who overtakes many is blamed once, not those whom it overtook.
 */
export class OrderCheck {
  private recent: Place[] = [];
  private highestLegacy = -1;
  private highestRedis = -1;

  /** Notes a matched pair; true where it shows that one event moved which was not blamed yet. */
  moved(legacy: number, redis: number): boolean {
    const place: Place = { legacy, redis, blamed: false };
    const inOrder = legacy > this.highestLegacy && redis > this.highestRedis;
    this.highestLegacy = Math.max(this.highestLegacy, legacy);
    this.highestRedis = Math.max(this.highestRedis, redis);
    const moved = !inOrder && this.blame(place);
    this.recent.push(place);
    if (this.recent.length > 2 * REMEMBERED) this.recent = this.recent.slice(-REMEMBERED);
    return moved;
  }

  private blame(place: Place): boolean {
    const crossed = this.recent.filter(
      (other) => !other.blamed && other.legacy < place.legacy !== other.redis < place.redis,
    );
    const [only] = crossed;
    if (only === undefined) return false;
    if (crossed.length === 1) only.blamed = true;
    else place.blamed = true;
    return true;
  }
}

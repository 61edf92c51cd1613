import { InProcessSource, type LegacyTuple } from 'nestjs-crossfade';

/** Where the backend's events come from today. */
export const legacySource = new InProcessSource();

/** To be called where the backend puts an item into its queue today. The item stays as it is. */
export function heard(uid: string, item: LegacyTuple): void {
  legacySource.push(uid, item);
}

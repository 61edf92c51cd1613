import { normalizedStrategyValue } from 'unleash-client/lib/strategy/util.js';
import { FLAG_GROUP_ID } from '../domain/flag.js';

/** A uid's bucket, 1 to 100: a flag that stands at p percent picks every bucket up to p. Unleash's own hash. */
export function bucketOf(uid: string): number {
  return normalizedStrategyValue(uid, FLAG_GROUP_ID);
}

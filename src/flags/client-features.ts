import { FLAGS, FLAG_NAMES } from '../domain/flag.js';
import type { FlagSet } from './flag-set.js';

/** A set of flags in Unleash's client-features format, as it is stored. */
export function clientFeatures(set: FlagSet): unknown {
  return {
    version: 2,
    features: FLAGS.map((flag) => ({ name: FLAG_NAMES[flag], ...set.flags[flag] })),
    segments: set.segments,
  };
}

import type { Resync } from '../contracts/resync.js';
import { CallbackResync } from '../resync/callback-resync.js';
import { FirestoreResync } from '../resync/firestore-resync.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import type { AdapterParts } from './adapter-parts.js';

/** undefined where nothing is read again after a gap. */
export function startResync(
  { mode, resync }: CrossfadeOptions,
  { clock }: Pick<AdapterParts, 'clock'>,
): Resync | undefined {
  if (mode === 'legacy' || resync === undefined) return undefined;
  if ('adapter' in resync) return resync.adapter;
  if ('callback' in resync) return new CallbackResync({ callback: resync.callback, clock });
  return new FirestoreResync({ firestore: resync.firestore, clock });
}

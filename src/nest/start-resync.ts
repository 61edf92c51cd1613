import type { Resync } from '../contracts/resync.js';
import type { AdapterParts } from './adapter-parts.js';
import type { CrossfadeOptions } from './crossfade-options.js';

/** undefined where nothing is read again after a gap. */
export async function startResync(
  { resync }: CrossfadeOptions,
  { clock }: Pick<AdapterParts, 'clock'>,
): Promise<Resync | undefined> {
  if (resync === undefined) return undefined;
  if ('adapter' in resync) return resync.adapter;
  if ('callback' in resync) {
    const { CallbackResync } = await import('../resync/callback-resync.js');
    return new CallbackResync({ callback: resync.callback, clock });
  }
  const { FirestoreResync } = await import('../resync/firestore-resync.js');
  return new FirestoreResync({ firestore: resync.firestore, clock });
}

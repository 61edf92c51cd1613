import type { StoredFlags } from '../contracts/flag-storage.js';
import { isJsonObject } from '../domain/user-event.js';

/** Reads what a storage kept. Throws where it is damaged. */
export function readStoredFlags(text: string): StoredFlags {
  const value: unknown = JSON.parse(text);
  if (isJsonObject(value) && typeof value['confirmedAtMs'] === 'number')
    return { confirmedAtMs: value['confirmedAtMs'], features: value['features'] };
  throw new Error('The stored flags are damaged: delete them; they are saved again at the next answer.');
}

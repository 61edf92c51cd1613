import type { StoredFlags } from '../contracts/flag-storage.js';
import { isJsonObject } from '../domain/user-event.js';

/** By how much the clocks of a fleet may differ and still be believed. */
const SKEW_MS = 60_000;

/** Reads what a storage kept. Throws where it is damaged. */
export function readStoredFlags(text: string): StoredFlags {
  const value: unknown = JSON.parse(text);
  if (isJsonObject(value) && typeof value['confirmedAtMs'] === 'number')
    return { confirmedAtMs: value['confirmedAtMs'], features: value['features'] };
  throw new Error('The stored flags are damaged: delete them; they are saved again at the next answer.');
}

/** A time to come was written by a clock that was wrong: it says nothing about what is newer. */
export function isBelievable(stored: StoredFlags, nowMs: number): boolean {
  return stored.confirmedAtMs <= nowMs + SKEW_MS;
}

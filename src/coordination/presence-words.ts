import { isUid } from '../domain/topic.js';

/** What one replica tells the others: presences of these uids were closed. */
export interface PresenceWords {
  /** one process of the fleet, by a random name */
  readonly replica: string;
  /** counts the announcements of a replica, so that a repetition is known */
  readonly number: number;
  readonly uids: readonly string[];
}

/** Reads an announcement; undefined where it is none, or says too much to be one. */
export function presenceWords(text: string): PresenceWords | undefined {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { replica, number, uids } = value as Record<string, unknown>;
  if (typeof replica !== 'string' || replica.length > 64 || typeof number !== 'number') return undefined;
  return Array.isArray(uids) && uids.every(isUid) ? { replica, number, uids } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { MAX_STOP_EPOCH, type StopState } from './stop-state.js';
import { isJsonObject } from './user-event.js';

/** A state as it is kept in the key, in the file and on the wire: one JSON object, equal for equal states. */
export function stopText({ epoch, stopped, by, why, atMs }: StopState): string {
  return JSON.stringify({ epoch, stopped, by, why, atMs });
}

/** Longer than any text that `stopText` writes of a state that is within its bounds. */
const MAX_CHARACTERS = 8_192;

/** The state that a text says, or undefined where it says none. Whoever reads decides what that means; it is no lift. */
export function readStopText(text: string): StopState | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { epoch, stopped, by, why, atMs } = value;
  if (!isEpoch(epoch) || typeof stopped !== 'boolean') return undefined;
  if (typeof by !== 'string' || typeof why !== 'string' || !Number.isFinite(atMs)) return undefined;
  return Object.freeze({ epoch, stopped, by, why, atMs: atMs as number });
}

function isEpoch(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_STOP_EPOCH;
}

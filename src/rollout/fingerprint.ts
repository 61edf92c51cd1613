import { digestName, digestText } from '../domain/digest.js';

/**
 * Names a value by its content: equal for values that say the same in JSON, whatever the order of their keys.
 * Made against mix-ups, not against forgers.
 */
export function fingerprint(value: unknown): string {
  const text = JSON.stringify(value, sortedKeys);
  return `${digestName(digestText(text, 1))}-${digestName(digestText(text, 2))}`;
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

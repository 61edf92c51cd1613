import type { SampledValue } from '../contracts/comparison-evidence.js';
import { valueAt } from './path.js';

/** The names under which a value, or what is below it, is never shown. */
export type Redaction = ReadonlySet<string>;

const MOST_CHARACTERS = 200;
const HIDDEN = '[redacted]';

/** The values at the paths that differ, as JSON, redacted and cut after 200 characters. */
export function sampledValues(
  paths: readonly string[],
  legacy: unknown,
  redis: unknown,
  redaction: Redaction = new Set(),
): SampledValue[] {
  const shown = (value: unknown, path: string): string => {
    if (path.split('.').some((name) => redaction.has(name))) return HIDDEN;
    const text = JSON.stringify(path === '' ? value : valueAt(value, path), (key, part: unknown) =>
      redaction.has(key) ? HIDDEN : part,
    ) as string | undefined;
    return (text ?? '').slice(0, MOST_CHARACTERS);
  };
  return paths
    .filter((path) => !path.includes('*'))
    .map((path) => ({ path, legacy: shown(legacy, path), redis: shown(redis, path) }));
}

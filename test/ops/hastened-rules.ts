import { committed } from '../../ops/written-files.js';

const FACTOR = 20;
const SECONDS = { m: 60, h: 3_600 } as const;

/**
 * The rules with every window and every `for` twenty times shorter, so that a test need not wait for minutes. What
 * they compare with is as it was.
 */
export function hastenedRules(): string {
  return committed('ops/prometheus/rules/crossfade.yml')
    .replace(/\[(\d+)([mh])\]/g, (_, count: string, unit: 'm' | 'h') => `[${hastened(count, unit)}]`)
    .replace(
      /^( +for: )(\d+)([mh])$/gm,
      (_, key: string, count: string, unit: 'm' | 'h') => key + hastened(count, unit),
    );
}

function hastened(count: string, unit: keyof typeof SECONDS): string {
  return `${(Number(count) * SECONDS[unit]) / FACTOR}s`;
}

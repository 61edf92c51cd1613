import { committed } from '../../ops/written-files.js';

const FACTOR = 20;
const SECONDS = { m: 60, h: 3_600 } as const;

/**
 * The rules with every window and every `for` twenty times shorter, so that a test need not wait for minutes. What
 * they compare with is as it was.
 * @param lasts seconds of the `for` of some alerts, for which that is still too long
 */
export function hastenedRules(lasts: Readonly<Record<string, number>> = {}): string {
  const rules = committed('ops/prometheus/rules/crossfade.yml')
    .replace(/\[(\d+)([mh])\]/g, (_, count: string, unit: 'm' | 'h') => `[${hastened(count, unit)}]`)
    .replace(
      /^( +for: )(\d+)([mh])$/gm,
      (_, key: string, count: string, unit: 'm' | 'h') => key + hastened(count, unit),
    );
  return Object.entries(lasts).reduce(shortened, rules);
}

function shortened(rules: string, [alert, seconds]: readonly [string, number]): string {
  const [before, own, ...others] = rules.split(`- alert: ${alert}\n`);
  if (before === undefined || own === undefined || others.length > 0) throw new Error(`No alert ${alert}.`);
  return `${before}- alert: ${alert}\n${own.replace(/( +for: )\S+/, `$1${seconds}s`)}`;
}

function hastened(count: string, unit: keyof typeof SECONDS): string {
  return `${(Number(count) * SECONDS[unit]) / FACTOR}s`;
}

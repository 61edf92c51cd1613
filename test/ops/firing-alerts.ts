import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { waitFor } from '../wait-for.js';
import type { AskedPrometheus } from './asked-prometheus.js';

interface Alert {
  readonly state: 'pending' | 'firing';
  /** since when its condition holds */
  readonly activeAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Expected {
  readonly raises: readonly string[];
  /** what may fire besides, such as what an earlier fault has raised */
  readonly allowed?: readonly string[];
  /** what is to be raised counts from here on, milliseconds since 1970; default: whenever it was */
  readonly sinceMs?: number;
  readonly withinMs?: number;
}

const GRACE_MS = 8_000;

/** What fires now; an annotation that cannot be filled in would read `<no value>` or `<error …>`. */
async function firing(
  prometheus: AskedPrometheus,
  { raises, allowed = [], sinceMs = 0 }: Expected,
): Promise<string[]> {
  const { alerts } = await prometheus.ask<{ alerts: Alert[] }>('alerts');
  return alerts.flatMap(({ state, activeAt, labels, annotations }) => {
    expect(Object.values(annotations).join()).not.toMatch(/<no value>|<error/);
    const { alertname: name = '' } = labels;
    const isOfBefore = raises.includes(name) ? Date.parse(activeAt) < sinceMs : allowed.includes(name);
    return state === 'firing' && !isOfBefore ? [name] : [];
  });
}

/** Everything that fires until all of these have, and for a while longer, sorted; ends at once when another one does. */
export async function fired(prometheus: AskedPrometheus, expected: Expected): Promise<string[]> {
  const { raises, withinMs = 120_000 } = expected;
  const names = new Set<string>();
  const untilMs = performance.now() + withinMs;
  let graceUntilMs = raises.length === 0 ? performance.now() + GRACE_MS : Infinity;
  while (performance.now() < Math.min(untilMs, graceUntilMs)) {
    for (const name of await firing(prometheus, expected)) names.add(name);
    if ([...names].some((name) => !raises.includes(name))) break;
    if (graceUntilMs === Infinity && raises.every((name) => names.has(name)))
      graceUntilMs = performance.now() + GRACE_MS;
    await pause(250);
  }
  return [...names].sort();
}

/** Waits until nothing fires, and nothing begins to for a while: a busy machine has gaps while the users come in. */
export function quiet(prometheus: AskedPrometheus): Promise<void> {
  return waitFor('quiet', async () => (await fired(prometheus, { raises: [] })).length === 0, 150_000);
}

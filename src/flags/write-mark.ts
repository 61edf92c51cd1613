import type { WriteMarker } from '../contracts/cohort-writer.js';
import { FLAGS, FLAG_NAMES, type Flag } from '../domain/flag.js';
import { isJsonObject, type JsonObject } from '../domain/user-event.js';
import { isCanaryList } from './flag-rules.js';
import { readFlagSet } from './read-flag-set.js';

const MARK = /^crossfade, token (\d{1,15}), decision ([\w-]{1,64})$/;

/** The title of a rollout strategy that a controller wrote last. */
export function markText({ token, decisionId }: WriteMarker): string {
  return `crossfade, token ${token}, decision ${decisionId}`;
}

/** What a title says of who wrote last; undefined for a title of a person's own, or none. */
export function readMark(title: unknown): WriteMarker | undefined {
  const found = typeof title === 'string' ? MARK.exec(title) : null;
  const [, token, decisionId] = found ?? [];
  return token === undefined || decisionId === undefined ? undefined : { token: Number(token), decisionId };
}

/** Whether somebody with a newer token has written since. */
export function isFenced(title: unknown, marker: WriteMarker | undefined): boolean {
  return marker !== undefined && (readMark(title)?.token ?? 0) > marker.token;
}

/** The marks of both flags as their home keeps them; `features` in Unleash's client-features format. */
export function marksOf(features: JsonObject): Partial<Record<Flag, WriteMarker>> {
  const marks: Partial<Record<Flag, WriteMarker>> = {};
  for (const flag of FLAGS) {
    const mark = readMark(rolloutIn(features, flag)?.['title']);
    if (mark !== undefined) marks[flag] = mark;
  }
  return marks;
}

/** A flag's rollout strategy as its home keeps it; undefined where it has none. May be changed in place. */
export function rolloutIn(features: JsonObject, flag: Flag): Record<string, unknown> | undefined {
  const reading = readFlagSet(features);
  if ('problems' in reading) return undefined;
  const index = reading.set.flags[flag].strategies.findIndex((strategy) => !isCanaryList(strategy));
  return strategiesIn(features, flag)[index];
}

/** All strategies of a flag as its home keeps them; those that are disabled at the server are not among them. */
export function strategiesIn(features: JsonObject, flag: Flag): readonly Record<string, unknown>[] {
  const list = Array.isArray(features['features']) ? features['features'].filter(isJsonObject) : [];
  const strategies = list.find((feature) => feature['name'] === FLAG_NAMES[flag])?.['strategies'];
  return Array.isArray(strategies) ? strategies.filter(isJsonObject) : [];
}

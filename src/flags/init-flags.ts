import { FLAGS, FLAG_NAMES, type Flag } from '../domain/flag.js';
import { isJsonObject, type JsonObject } from '../domain/user-event.js';
import { checkHome, type FlagCheck } from './check-flags.js';
import { rolloutStrategy } from './flag-file-text.js';
import { readFlagSet } from './read-flag-set.js';
import type { UnleashAdmin } from './unleash-admin.js';

export interface FlagInit extends FlagCheck {
  /** what was done, in the past tense; empty where all was there */
  readonly done: readonly string[];
}

const DESCRIPTIONS = {
  compare: 'Crossfade: users whose events are compared between legacy and Redis.',
  serve: 'Crossfade: users who get their events from Redis. Keep it at or below crossfade-compare.',
} as const satisfies Record<Flag, string>;

/**
 * Creates what is missing of both flags, at 0 %, in the admin's project and environment. What is there is
 * never changed, so that it is safe to repeat; a flag that a person switched off above 0 % stays off.
 */
export async function initFlags(admin: UnleashAdmin): Promise<FlagInit> {
  const done: string[] = [];
  for (const flag of FLAGS) {
    const problem = await initFlag(admin, flag, done);
    if (problem !== undefined) return { done, problems: [problem], notes: [] };
  }
  const home = await admin.flags();
  return 'problem' in home
    ? { done, problems: [home.problem], notes: [] }
    : { done, ...checkHome(home.features) };
}

async function initFlag(admin: UnleashAdmin, flag: Flag, done: string[]): Promise<string | undefined> {
  const name = FLAG_NAMES[flag];
  const before = await featureOf(admin, flag);
  if ('problem' in before) return before.problem;
  if (before.feature === undefined) {
    const { problem } = await admin.createFeature(flag, DESCRIPTIONS[flag]);
    if (problem !== undefined)
      return `${name} could not be created, or is archived or in another project. ${problem}`;
    done.push(`created ${name}`);
  }
  if (strategiesOf(before.feature).length === 0) {
    const { problem } = await admin.addStrategy(flag, rolloutStrategy(0));
    if (problem !== undefined) return problem;
    done.push(`gave ${name} a rollout of 0 %`);
  }
  // Switching on a flag that has no strategy would make one at 100 %: so what is there is read again first.
  const after = await featureOf(admin, flag);
  if ('problem' in after) return after.problem;
  if (after.feature?.['enabled'] !== false || !isHarmless(after.feature)) return undefined;
  const { problem } = await admin.switchTo(flag, 'on');
  if (problem !== undefined) return problem;
  done.push(`switched ${name} on at 0 %`);
  return takeBackUnlessHarmless(admin, flag);
}

/** Somebody may have taken the strategy away in between; then Unleash has made one at 100 %. */
async function takeBackUnlessHarmless(admin: UnleashAdmin, flag: Flag): Promise<string | undefined> {
  const after = await featureOf(admin, flag);
  if (!('problem' in after) && after.feature !== undefined && isHarmless(after.feature)) return undefined;
  const { problem } = await admin.switchTo(flag, 'off');
  const left = problem === undefined ? 'it is off again' : `switching it off failed (${problem})`;
  return `${FLAG_NAMES[flag]} was not at 0 % once it was on, and ${left}: look at it in Unleash, then run this again.`;
}

async function featureOf(
  admin: UnleashAdmin,
  flag: Flag,
): Promise<{ readonly feature: JsonObject | undefined } | { readonly problem: string }> {
  const home = await admin.flags();
  if ('problem' in home) return home;
  const features = home.features['features'] as readonly JsonObject[];
  return { feature: features.find((feature) => feature['name'] === FLAG_NAMES[flag]) };
}

/** Whether switching it on lets nobody in: its only strategy is a rollout of 0 %. */
function isHarmless(feature: JsonObject): boolean {
  const flags = FLAGS.map((flag) => ({ ...feature, enabled: true, name: FLAG_NAMES[flag] }));
  const reading = readFlagSet({ features: flags });
  if ('problems' in reading) return false;
  const [strategy, second] = reading.set.flags.compare.strategies;
  return (
    second === undefined && strategy?.name === 'flexibleRollout' && strategy.parameters['rollout'] === '0'
  );
}

function strategiesOf(feature: JsonObject | undefined): readonly unknown[] {
  const strategies = isJsonObject(feature) ? feature['strategies'] : undefined;
  return Array.isArray(strategies) ? strategies : [];
}

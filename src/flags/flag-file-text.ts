import { FLAGS, FLAG_GROUP_ID, FLAG_NAMES, type FlagPercents } from '../domain/flag.js';

/** The text of a flags file in which both flags are on and stand at these percentages. */
export function flagFileText(percents: FlagPercents): string {
  const features = FLAGS.map((flag) => ({
    name: FLAG_NAMES[flag],
    type: 'release',
    enabled: true,
    strategies: [rolloutStrategy(percents[flag])],
  }));
  return `${JSON.stringify({ version: 2, features }, undefined, 2)}\n`;
}

/** The one strategy that either flag should have; Unleash keeps a rollout as a string. */
export function rolloutStrategy(percent: number) {
  return {
    name: 'flexibleRollout',
    parameters: { rollout: String(percent), stickiness: 'userId', groupId: FLAG_GROUP_ID },
    constraints: [],
  };
}

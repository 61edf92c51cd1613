import { FLAGS, FLAG_NAMES } from '../domain/flag.js';
import type { FlagConstraint, FlagSet } from './flag-set.js';
import { judge } from './flags-in-force.js';
import type { UnleashAdmin } from './unleash-admin.js';

export interface FlagCheck {
  /** why the flags would be refused, each with its cure; empty when they are sound */
  readonly problems: readonly string[];
  /** what a person may want to know of sound flags: percentages, what is off, canaries, constraints */
  readonly notes: readonly string[];
}

/** Says what is wrong with the flags at an Unleash server, and what they say. Never rejects. */
export async function checkFlags(admin: UnleashAdmin): Promise<FlagCheck> {
  const home = await admin.flags();
  return 'problem' in home ? { problems: [home.problem], notes: [] } : checkHome(home.features);
}

/** The same for flags in Unleash's client-features format, such as a flags file holds. Pure. */
export function checkHome(features: unknown): FlagCheck {
  const judged = judge(features);
  if ('problems' in judged) return { problems: judged.problems, notes: [] };
  const notes = FLAGS.flatMap((flag) => {
    const { enabled, percent, canaries } = judged.rules[flag];
    const name = FLAG_NAMES[flag];
    if (!enabled) return [`${name} is off.`];
    const named = canaries.length === 0 ? '' : `, and names ${canaries.length} canaries`;
    return [`${name} stands at ${percent} %${named}.`, ...fencesOf(name, judged.set, flag)];
  });
  return { problems: [], notes };
}

function fencesOf(name: string, { flags, segments }: FlagSet, flag: 'compare' | 'serve'): string[] {
  return flags[flag].strategies.flatMap((strategy) => [
    ...strategy.constraints
      .filter(({ contextName }) => contextName !== 'userId')
      .map((constraint) => `${name} is only for ${sentenceOf(constraint)}.`),
    ...segments
      .filter(({ id }) => strategy.segments.includes(id))
      .map(
        ({ id, constraints }) =>
          `${name} is only for segment ${id}: ${constraints.map(sentenceOf).join(' and ')}.`,
      ),
  ]);
}

/** Values beyond the third are counted, not shown. */
function sentenceOf({ contextName, operator, inverted, values, value }: FlagConstraint): string {
  const shown = values.length > 0 ? values.slice(0, 3).join(', ') : String(value ?? '');
  const more = values.length > 3 ? ` and ${values.length - 3} more` : '';
  return `${inverted ? 'not ' : ''}${contextName} ${operator} ${shown}${more}`;
}

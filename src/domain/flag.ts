/** The two flags, by the words that the stages use for them. */
export type Flag = 'compare' | 'serve';

export const FLAGS = ['compare', 'serve'] as const satisfies readonly Flag[];

/** What Unleash calls them. */
export const FLAG_NAMES = {
  compare: 'crossfade-compare',
  serve: 'crossfade-serve',
} as const satisfies Record<Flag, string>;

/** Both strategies hash a uid with this group, so that the served cohort lies inside the compared one. */
export const FLAG_GROUP_ID = 'crossfade';

/** A percentage for each flag: whole, 0 to 100. */
export type FlagPercents = Readonly<Record<Flag, number>>;

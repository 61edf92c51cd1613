import type { Flag } from './flag.js';
import { STAGE_RULES, STAGES, type Stage } from './stage.js';

/** Percent of the connected users whom their stages compare, and serve from Redis; undefined where nobody is connected. */
export function effectivePercents(
  users: Readonly<Record<Stage, number>>,
): Readonly<Record<Flag, number>> | undefined {
  const all = STAGES.reduce((sum, stage) => sum + users[stage], 0);
  if (all === 0) return undefined;
  const share = (isMeant: (stage: Stage) => boolean): number =>
    (100 * STAGES.filter(isMeant).reduce((sum, stage) => sum + users[stage], 0)) / all;
  return {
    compare: share((stage) => STAGE_RULES[stage].compares),
    serve: share((stage) => STAGE_RULES[stage].serves === 'redis'),
  };
}

import { parsePlan } from './parse-plan.js';
import type { Plan } from '../domain/plan.js';

/**
 * The contract's four steps as a file would say them: legacy alone; the Redis way proven on everybody without
 * anybody noticing; a subset of users moved, then more; legacy retired. The two steps that a person should not
 * sleep through ask for one: the first user to be served, and the closing of legacy.
 */
const DEFAULT_STEPS = [
  { compare: 5, soakMinutes: 60, minComparisons: 500, minUsers: 5, typesSeenShare: 0.5, proof: 'events' },
  { compare: 25, soakMinutes: 120, minComparisons: 2000, minUsers: 20, proof: 'events' },
  { compare: 100, soakMinutes: 1440, minComparisons: 4000, minUsers: 100, approval: 'required' },
  { serve: 1, soakMinutes: 240, minComparisons: 4000, minUsers: 100 },
  { serve: 5, soakMinutes: 240, minComparisons: 4000, minUsers: 100 },
  { serve: 25, soakMinutes: 720, minComparisons: 4000, minUsers: 100 },
  { serve: 50, soakMinutes: 1440, minComparisons: 4000, minUsers: 100 },
  { serve: 100, soakMinutes: 4320, minComparisons: 4000, minUsers: 100, approval: 'required' },
  { compare: 0, soakMinutes: 0, minComparisons: 0, minUsers: 0, typesSeenShare: 0, proof: 'none' },
] as const;

/** Canaries are too few for statistics: that nothing is harmed, and a person, must do. */
const CANARY_GATE = {
  soakMinutes: 60,
  minComparisons: 20,
  minUsers: 1,
  typesSeenShare: 0.5,
  proof: 'none',
} as const;

/** The default plan as an object in the file's own words; the canaries come first, where there are any. */
export function defaultPlanFile(canaries: readonly string[] = []): Readonly<Record<string, unknown>> {
  const first = canaries.length === 0 ? [] : [{ canaries, ...CANARY_GATE, approval: 'required' }];
  return { version: 1, name: 'legacy to Redis', steps: [...first, ...DEFAULT_STEPS] };
}

/**
 * The default plan, checked.
 * @throws Error when a canary is no uid
 */
export function defaultPlan(canaries: readonly string[] = []): Plan {
  const parsed = parsePlan(defaultPlanFile(canaries));
  if (parsed.ok) return parsed.plan;
  throw new Error(parsed.faults.map(({ path, problem, cure }) => `${path}: ${problem} ${cure}`).join('\n'));
}

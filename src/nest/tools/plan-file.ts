import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { CrossfadeError } from '../../domain/errors.js';
import type { Plan } from '../../domain/plan.js';
import { defaultPlan } from '../../rollout/default-plan.js';
import { parsePlan } from '../../rollout/parse-plan.js';

/** The name under which a plan is looked for. */
const PLAN_FILE = 'crossfade.plan.yaml';

export interface PlanFile {
  readonly plan: Plan;
  /** the file, or `default` */
  readonly origin: string;
}

/**
 * Reads a plan: the named file, else `crossfade.plan.yaml` of the working folder, else the default one.
 * @throws CrossfadeError `invalid_settings` with every fault of the plan and its cure
 */
export async function readPlanFile(named?: string): Promise<PlanFile> {
  const path = named ?? PLAN_FILE;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (named === undefined && code === 'ENOENT') return { plan: defaultPlan(), origin: 'default' };
    throw refused(`The plan ${path} cannot be read (${code ?? 'unknown'}).`, 'Name a file that is there.');
  }
  return { plan: readPlanText(text, path), origin: path };
}

function readPlanText(text: string, path: string): Plan {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw refused(`The plan ${path} is no YAML: ${line ?? ''}.`, 'Mend it there.');
  }
  const parsed = parsePlan(value);
  if (parsed.ok) return parsed.plan;
  const faults = parsed.faults.map(
    (fault) => `\n  - ${fault.path === '' ? 'plan' : fault.path}: ${fault.problem} ${fault.cure}`,
  );
  throw refused(`The plan ${path} will not do:`, faults.join(''));
}

function refused(problem: string, cure: string): CrossfadeError {
  return new CrossfadeError('invalid_settings', problem, cure);
}

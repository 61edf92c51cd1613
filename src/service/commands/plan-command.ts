import { Command } from 'commander';
import { readSettings } from '../../index.js';
import { readPlanFile, targetsAt, type Plan } from '../../tools.js';
import { EXIT_CODES } from './exit-codes.js';
import { withRollout } from './with-rollout.js';

interface PlanOptions {
  readonly plan?: string;
  readonly json?: boolean;
}

/** `crossfade plan check|show`. */
export function planCommand(): Command {
  return new Command('plan')
    .description('the plan of the rollout')
    .addCommand(checkCommand())
    .addCommand(
      planOptions(new Command('show').description('the plan as it is used, defaults filled in')).action(
        async ({ plan: named, json }: PlanOptions) => {
          const { plan, origin } = await planOf(named);
          if (json === true) console.log(JSON.stringify(plan));
          else for (const line of planLines(plan, origin)) console.log(line);
        },
      ),
    );
}

function checkCommand(): Command {
  return planOptions(new Command('check').description('says everything that is wrong with the plan'))
    .option('--retire', 'also whether legacy can be taken out of the backend now')
    .action(async ({ plan: named, json, retire }: PlanOptions & { readonly retire?: boolean }) => {
      const { plan, origin } = await planOf(named);
      if (retire !== true) {
        console.log(
          json === true
            ? JSON.stringify({ ok: true, origin })
            : `${origin}: ${plan.steps.length} steps, well.`,
        );
        return;
      }
      await withRollout(async (rollout) => {
        const check = await rollout.retirement();
        if (!check.ready) process.exitCode = EXIT_CODES.failed;
        if (json === true) console.log(JSON.stringify(check));
        else if (check.ready)
          console.log('Legacy can be taken out of the backend: set CROSSFADE_LEGACY=retired.');
        else for (const obstacle of check.obstacles) console.log(obstacle);
      });
    });
}

function planOptions(command: Command): Command {
  return command
    .option('--plan <file>', 'default: CROSSFADE_PLAN_FILE, else crossfade.plan.yaml, else the default plan')
    .option('--json', 'print one JSON object');
}

function planOf(named: string | undefined): ReturnType<typeof readPlanFile> {
  return readPlanFile(named ?? readSettings(process.env).control.planFile);
}

function planLines(plan: Plan, origin: string): string[] {
  const steps = plan.steps.map(({ gate }, index) => {
    const { compare, serve } = targetsAt(plan, index);
    const asks = [
      `soak ${gate.soakMinutes} min`,
      `${gate.minComparisons} comparisons`,
      `${gate.minUsers} users`,
      ...(gate.proof === 'none' ? [] : [`proof by ${gate.proof}`]),
      ...(gate.approval === 'required' ? ['approval'] : []),
    ];
    const names = compare.canaries.length > 0 ? `, ${compare.canaries.length} by name` : '';
    return `${index + 1}  compare ${compare.percent} %, serve ${serve.percent} %${names}; before the next: ${asks.join(', ')}`;
  });
  return [`${plan.name} (${origin})`, ...steps];
}

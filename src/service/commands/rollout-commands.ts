import { Command } from 'commander';
import { confirm } from './confirm.js';
import { controlCommand } from './control-command.js';
import { EXIT_CODES } from './exit-codes.js';
import { historyCommand, replayCommand } from './history-commands.js';
import { planCommand } from './plan-command.js';
import { tell, withRollout } from './with-rollout.js';

interface Said {
  readonly json?: boolean;
  readonly yes?: boolean;
}

/** The commands of a rollout. Each reads the environment as a controller does. */
export function rolloutCommands(): Command[] {
  return [
    controlCommand(),
    planCommand(),
    widenCommand(),
    rollbackCommand(),
    approveCommand(),
    said('pause', 'hold the rollout where it is; harm still rolls back').action((options: Said) =>
      withRollout((rollout) => tell(rollout, { kind: 'paused' }, options)),
    ),
    said('resume', 'go on after a pause, a roll-back or a hand edit').action((options: Said) =>
      withRollout((rollout) => tell(rollout, { kind: 'resumed' }, options)),
    ),
    historyCommand(),
    replayCommand(),
  ];
}

function said(name: string, description: string): Command {
  return new Command(name).description(description).option('--json', 'print one JSON object');
}

function widenCommand(): Command {
  return said('widen', 'go on to the next step, or to the step that serves PERCENT, whatever the gates say')
    .argument('[percent]', 'a serve percentage of the plan')
    .option('--yes', 'do not ask')
    .action((percent: string | undefined, options: Said) =>
      withRollout(async (rollout) => {
        const { state } = await rollout.status();
        const toStep = rollout.stepFor(state, percent === undefined ? undefined : Number(percent));
        if (toStep === undefined) {
          refuse('The plan has no such step. See crossfade plan show.', options);
          return;
        }
        const what = `Passes the gates: ${await rollout.preview(state, toStep)}.`;
        if (await confirmed(what, options))
          await tell(rollout, { kind: 'ordered', order: 'widen', toStep }, options);
      }),
    );
}

function rollbackCommand(): Command {
  return said('rollback', 'take users back to legacy: one step, or to a step of the plan')
    .option('--to <step>', 'number of the step as crossfade plan show counts them; 0 is before the first')
    .option('--yes', 'do not ask')
    .action((options: Said & { readonly to?: string }) =>
      withRollout(async (rollout) => {
        const { state } = await rollout.status();
        const toStep = options.to === undefined ? rollout.stepBefore(state) : Number(options.to) - 1;
        const what = `Takes users back: ${await rollout.preview(state, toStep, 'roll_back')}.`;
        if (await confirmed(what, options))
          await tell(rollout, { kind: 'ordered', order: 'roll_back', toStep }, options);
      }),
    );
}

function approveCommand(): Command {
  return said('approve', 'approve the step that waits, on the evidence that is there now')
    .option('--evidence <hash>', 'approve only this evidence; default: what is waited for now')
    .option('--yes', 'do not ask')
    .action((options: Said & { readonly evidence?: string }) =>
      withRollout(async (rollout) => {
        const { state } = await rollout.status();
        const evidenceHash = options.evidence ?? state.awaiting?.evidenceHash;
        if (evidenceHash === undefined) {
          refuse('No approval is awaited. See crossfade status for what holds the rollout up.', options);
          return;
        }
        const next = rollout.stepFor(state, undefined);
        const preview = next === undefined ? 'no further step' : await rollout.preview(state, next);
        if (await confirmed(`Approves the evidence ${evidenceHash}: ${preview}.`, options))
          await tell(rollout, { kind: 'approved', evidenceHash }, options);
      }),
    );
}

async function confirmed(what: string, { yes, json }: Said): Promise<boolean> {
  if (await confirm(what, yes === true)) return true;
  process.exitCode = EXIT_CODES.unconfirmed;
  if (json === true) console.log(JSON.stringify({ ok: false, problem: 'Not confirmed. Give --yes.' }));
  return false;
}

function refuse(problem: string, { json }: Said): void {
  process.exitCode = EXIT_CODES.refused;
  if (json === true) console.log(JSON.stringify({ ok: false, problem }));
  else console.error(problem);
}

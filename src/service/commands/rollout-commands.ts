import { Command } from 'commander';
import { confirm } from './confirm.js';
import { controlCommand } from './control-command.js';
import { EXIT_CODES } from './exit-codes.js';
import { historyCommand, replayCommand } from './history-commands.js';
import { planCommand } from './plan-command.js';
import { outlookText, type ActionWish, type RolloutAction } from '../../tools.js';
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
      order('widen', percent === undefined ? {} : { percent: Number(percent) }, options, 'Passes the gates'),
    );
}

function rollbackCommand(): Command {
  return said('rollback', 'take users back to legacy: one step, or to a step of the plan')
    .option('--to <step>', 'number of the step as crossfade plan show counts them; 0 is before the first')
    .option('--yes', 'do not ask')
    .action((options: Said & { readonly to?: string }) =>
      order(
        'rollback',
        options.to === undefined ? {} : { toStep: Number(options.to) - 1 },
        options,
        'Takes users back',
      ),
    );
}

function approveCommand(): Command {
  return said('approve', 'approve the step that waits, on the evidence that is there now')
    .option('--evidence <hash>', 'approve only this evidence; default: what is waited for now')
    .option('--yes', 'do not ask')
    .action((options: Said & { readonly evidence?: string }) =>
      order(
        'approve',
        options.evidence === undefined ? {} : { evidence: options.evidence },
        options,
        'Approves the evidence',
      ),
    );
}

/** Says what will be done and for how many users, asks, and records it. */
function order(action: RolloutAction, wish: ActionWish, options: Said, what: string): Promise<void> {
  return withRollout(async (rollout) => {
    const { state } = await rollout.status();
    const proposal = await rollout.propose(state, action, wish);
    if (!proposal.ok) {
      refuse(proposal.problem, options);
      return;
    }
    const { event, outlook } = proposal;
    const which = event.kind === 'approved' ? ` ${event.evidenceHash}` : '';
    const change = outlook === undefined ? 'no further step' : outlookText(outlook);
    if (await confirmed(`${what}${which}: ${change}.`, options)) await tell(rollout, event, options);
  });
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

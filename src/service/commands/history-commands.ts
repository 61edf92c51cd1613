import { Command, InvalidArgumentError } from 'commander';
import { verdictText } from '../../tools.js';
import { entryLine } from './rollout-text.js';
import { withRollout } from './with-rollout.js';

/** `crossfade history`: what was decided, by whom and why. */
export function historyCommand(): Command {
  return new Command('history')
    .description('what was decided, by whom and why')
    .option('--all', 'every look too')
    .option('--from <number>', 'from this entry on', whole, 1)
    .option('--limit <count>', 'at most so many entries are read', whole, 10_000)
    .option('--json', 'print one JSON object a line')
    .action(({ all, from, limit, json }: HistoryOptions) =>
      withRollout(async (rollout) => {
        for (const entry of await rollout.history(from, limit)) {
          if (all !== true && entry.event.kind === 'looked') continue;
          console.log(json === true ? JSON.stringify(entry) : entryLine(entry));
        }
      }),
    );
}

/** `crossfade replay --plan OTHER`: what would have happened by another plan. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('judge the recorded evidence by another plan: what would have happened')
    .requiredOption('--plan <file>', 'the other plan')
    .option('--json', 'print one JSON object a line')
    .action(({ plan, json }: { plan: string; json?: boolean }) =>
      withRollout(async (rollout) => {
        const looks = await rollout.replay(plan);
        for (const look of looks) {
          if (json === true) console.log(JSON.stringify(look));
          else if (look.would === undefined) console.log(`${look.sequence}  the other plan has no such step`);
          else if (look.would.kind !== look.was.kind)
            console.log(`${look.sequence}  ${look.was.kind} → ${verdictText(look.would)}`);
        }
        if (json !== true) {
          const other = looks.filter(({ was, would }) => would?.kind !== was.kind).length;
          console.log(`${other} of ${looks.length} looks would have come out otherwise`);
        }
      }),
    );
}

interface HistoryOptions {
  readonly all?: boolean;
  readonly from: number;
  readonly limit: number;
  readonly json?: boolean;
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

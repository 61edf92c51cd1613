import { Command } from 'commander';
import { initFlagsFrom, readFlagsFrom, type FlagPlace } from '../../tools.js';
import { settingsFromEnvironment } from './environment.js';
import { EXIT_CODES } from './exit-codes.js';

interface Asked extends FlagPlace {
  readonly json?: boolean;
}

interface Found {
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** `crossfade flags init|check [--project P] [--environment E] [--json]`. */
export function flagsCommand(): Command {
  const init = placed(new Command('init').description('create both flags at 0 %; safe to repeat')).action(
    async (asked: Asked) => {
      const { done, ...found } = await initFlagsFrom(settingsFromEnvironment(), placeOf(asked));
      if (asked.json === true) console.log(JSON.stringify({ done, ...found }));
      else {
        for (const each of done) console.log(`done: ${each}`);
        if (done.length === 0 && found.problems.length === 0) console.log('Both flags are there.');
        tell(found);
      }
      conclude(found);
    },
  );
  const check = placed(
    new Command('check').description('say what is wrong with the flags, with the cure'),
  ).action(async (asked: Asked) => {
    const found = await readFlagsFrom(settingsFromEnvironment(), placeOf(asked));
    if (asked.json === true) console.log(JSON.stringify(found));
    else {
      console.log(`The flags of ${found.home}:`);
      tell(found);
      if (found.problems.length === 0) console.log('They hold no surprise.');
    }
    conclude(found);
  });
  return new Command('flags')
    .description('create or check the two flags where they live')
    .addCommand(init)
    .addCommand(check);
}

function placed(command: Command): Command {
  return command
    .option('--project <name>', 'the Unleash project (default: CROSSFADE_UNLEASH_PROJECT)')
    .option('--environment <name>', 'the Unleash environment (default: CROSSFADE_UNLEASH_ENVIRONMENT)')
    .option('--json', 'print one JSON object');
}

function placeOf({ project, environment }: Asked): FlagPlace {
  return { ...(project && { project }), ...(environment && { environment }) };
}

function tell({ problems, notes }: Found): void {
  for (const note of notes) console.log(`  ${note}`);
  for (const problem of problems) console.error(`problem: ${problem}`);
}

function conclude({ problems }: Found): void {
  process.exitCode = problems.length === 0 ? EXIT_CODES.done : EXIT_CODES.failed;
}

import { Command } from 'commander';
import { examine } from '../../tools.js';
import { checkpointLines, summaryLine } from './doctor-text.js';
import { loadEnvironment } from './environment.js';
import { EXIT_CODES } from './exit-codes.js';

interface Asked {
  readonly uid?: string;
  readonly json?: boolean;
}

/** `crossfade doctor [--uid UID] [--json]`: every checkpoint in order, with the cure of what is not well. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look at all that must hold before users are moved, with the cure of what does not')
    .option(
      '--uid <uid>',
      'make this user present for some seconds (never a chat) to prove prefix and presence; closing it again can silence the user elsewhere for 45 s, so name one who is not connected',
    )
    .option('--json', 'print one JSON object')
    .action(async ({ uid, json }: Asked) => {
      // Until it is known better: a process that ends early has not found that all is well.
      process.exitCode = EXIT_CODES.failed;
      const env = loadEnvironment();
      if (uid !== undefined)
        console.error(
          'Makes this user present for some seconds, of the lists only and never of a chat.\nClosing that can silence the user on other screens for up to 45 s.',
        );
      // The doctor's own timers keep no process alive.
      const alive = setInterval(() => undefined, 60_000);
      const colours = process.stdout.isTTY && !process.env['NO_COLOR'];
      try {
        const report = await examine({
          env,
          ...(uid !== undefined && { uid }),
          onReport: (each) => {
            if (json !== true) for (const line of checkpointLines(each, colours)) console.log(line);
          },
        });
        console.log(json === true ? JSON.stringify(report) : summaryLine(report));
        process.exitCode = report.ok ? EXIT_CODES.done : EXIT_CODES.failed;
      } finally {
        clearInterval(alive);
      }
    });
}

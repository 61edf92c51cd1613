import { FleetStop, usersFrom } from '../../tools.js';
import type { Command } from 'commander';
import { actorHere } from './actor.js';
import { confirm } from './confirm.js';
import { settingsFromEnvironment } from './environment.js';
import { EXIT_CODES } from './exit-codes.js';
import { stopLike, tellReport, usersText, type StopAsked } from './stop-words.js';

const WHAT = 'Puts all users of the fleet on legacy, and holds until crossfade start';

/** `crossfade stop [--why TEXT] [--yes] [--replica URL…] [--json]`. */
export function stopCommand(): Command {
  return stopLike(
    'stop',
    'put all users of the fleet on legacy at once, and hold until crossfade start',
  ).action(async (asked: StopAsked) => {
    const settings = settingsFromEnvironment();
    const fleet = FleetStop.open(settings, asked.replica);
    try {
      // Whoever does not want to be asked does not want to wait either.
      const users =
        asked.yes === true
          ? ''
          : `: ${usersText(await usersFrom(settings, (await fleet.standing()).replicas))}`;
      if (!(await confirm(`${WHAT}${users}.`, asked.yes === true))) {
        process.exitCode = EXIT_CODES.unconfirmed;
        return;
      }
      const report = await fleet.stop({ by: actorHere(), why: asked.why });
      tellReport(report, 'Stopped.', asked);
    } finally {
      await fleet.close();
    }
  });
}

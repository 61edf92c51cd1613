import type { Command } from 'commander';
import { FleetStop, sinceText, stopText, usersFrom, type FleetStopStanding } from '../../tools.js';
import { actorHere } from './actor.js';
import { confirm } from './confirm.js';
import { settingsFromEnvironment } from './environment.js';
import { EXIT_CODES } from './exit-codes.js';
import { stopLike, tellNothingDone, tellReport, usersText, type StopAsked } from './stop-words.js';

/** `crossfade start [--why TEXT] [--yes] [--replica URL…] [--json]`: lifts the stop that it shows, and no other. */
export function startCommand(): Command {
  return stopLike('start', 'lift the stop: users go where the flags say').action(async (asked: StopAsked) => {
    const settings = settingsFromEnvironment();
    const fleet = FleetStop.open(settings, asked.replica);
    try {
      const seen = await fleet.standing();
      const stops = stopsIn(seen);
      if (stops.length === 0) {
        const { fleet: inRedis } = seen;
        if ('state' in inRedis)
          tellNothingDone(EXIT_CODES.refused, 'Nothing is stopped. There is nothing to start.', asked);
        else tellNothingDone(EXIT_CODES.failed, inRedis.problem, asked);
        return;
      }
      const users = usersText(await usersFrom(settings, seen.replicas));
      const what = [...stops, `Lifts that, so that users go where the flags say; ${users}.`].join('\n');
      if (!(await confirm(what, asked.yes === true))) {
        process.exitCode = EXIT_CODES.unconfirmed;
        return;
      }
      const report = await fleet.start({ by: actorHere(), why: asked.why }, seen);
      tellReport(report, 'Started.', asked);
    } finally {
      await fleet.close();
    }
  });
}

/** Each stop that holds, in words: that of the fleet, and those of replicas that hold another. */
function stopsIn({ fleet, replicas }: FleetStopStanding): string[] {
  const stops: string[] = [];
  if ('state' in fleet && fleet.state.stopped)
    stops.push(`Now ${stopText({ ...fleet.state, since: sinceText(fleet.state.atMs) })}.`);
  for (const [url, answer] of replicas) {
    const stop = 'body' in answer ? answer.body.stop : undefined;
    if (stop?.stopped === true && !('state' in fleet && fleet.state.epoch === stop.epoch))
      stops.push(`On ${url} ${stopText(stop)}.`);
  }
  return stops;
}

import { Command } from 'commander';
import type { FleetStopReport, UsersSeen } from '../../tools.js';
import { baseUrls } from './base-url.js';
import { EXIT_CODES } from './exit-codes.js';

/** What is typed after `crossfade stop` and `crossfade start`. */
export interface StopAsked {
  readonly why: string;
  readonly replica: readonly string[];
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function stopLike(name: 'stop' | 'start', description: string): Command {
  return new Command(name)
    .description(description)
    .option('--why <text>', 'for whoever asks later; the first 500 characters are kept', '')
    .option(
      '--replica <url>',
      'base URL of a replica to call as well, so that it works without Redis; may be given several times (beside CROSSFADE_REPLICAS)',
      baseUrls,
      [],
    )
    .option('--yes', 'do not ask')
    .option('--json', 'print one JSON object');
}

export function usersText(seen: UsersSeen | undefined): string {
  if (seen === undefined) return 'how many users that is, is not known';
  const from = seen.from === 'replicas' ? 'the named replicas' : 'the last evidence';
  return `by ${from} Redis serves ${seen.served} of ${seen.connected} connected users`;
}

/** Says how far it got; exit code 1 unless everything was reached. */
export function tellReport(report: FleetStopReport, done: string, { json }: StopAsked): void {
  const { state, heardBy, replicas, moved, flags, problems } = report;
  if (json === true) console.log(JSON.stringify({ ok: problems.length === 0, ...report }));
  else {
    if (state !== null)
      console.log(`${done} ${heardBy} processes heard it at once; the others read it within a second.`);
    if (moved !== undefined) console.log(`${moved} users of the named replicas were moved.`);
    for (const { url, problem } of replicas) if (problem === undefined) console.log(`reached: ${url}`);
    if (flags?.written === true)
      console.log(
        'The serve flag was taken to 0 %: it stays there until a person or the controller raises it.',
      );
    for (const problem of problems) console.error(`problem: ${problem}`);
  }
  process.exitCode = problems.length === 0 ? EXIT_CODES.done : EXIT_CODES.failed;
}

/** Nothing has changed: 2 where it was refused, 1 where it could not be done, 3 where it was not confirmed. */
export function tellNothingDone(code: 1 | 2 | 3, problem: string, { json }: StopAsked): void {
  process.exitCode = code;
  if (json === true) console.log(JSON.stringify({ ok: false, problem }));
  else console.error(problem);
}

import { CommanderError } from 'commander';
import { CrossfadeError } from '../../tools.js';
import { RecordingRefused } from '../recording/record.js';
import { ServerUnavailable } from '../servers/program.js';
import { FaultSyntaxError } from '../simulator/faults.js';
import { EXIT_CODES } from './exit-codes.js';

/** Says what a command failed of and returns its exit code. Only what nobody expected shows where it happened. */
export function commandFailure(error: unknown): number {
  // Commander has said it already; its help is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.refused;
  if (error instanceof ServerUnavailable || error instanceof RecordingRefused)
    return say(error.message, EXIT_CODES.failed);
  if (error instanceof CrossfadeError && error.code === 'record_unreachable')
    return say(error.message, EXIT_CODES.failed);
  const refused = [CrossfadeError, FaultSyntaxError].some((kind) => error instanceof kind);
  if (refused) return say((error as Error).message, EXIT_CODES.refused);
  if (isSystemError(error)) return say(withCure(error), EXIT_CODES.refused);
  return say(error, EXIT_CODES.failed);
}

function say(what: unknown, code: number): number {
  console.error(what);
  return code;
}

/** What was typed names something that the system refuses: a file, or an address to listen on. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

const CURES: Readonly<Record<string, string>> = {
  ENOENT: 'Check the path.',
  EISDIR: 'Give a file, not a folder.',
  EACCES: 'Give one that this user may use.',
  EADDRINUSE: 'Another process listens there: stop it, or choose another port (0 is any free one).',
  EADDRNOTAVAIL: 'Give an address of this machine.',
};

function withCure({ message, code = '' }: NodeJS.ErrnoException): string {
  const cure = CURES[code];
  return cure === undefined ? message : `${message}. ${cure}`;
}

import { CommanderError } from 'commander';
import { CrossfadeError } from '../../index.js';
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
  const refused = [CrossfadeError, FaultSyntaxError].some((kind) => error instanceof kind);
  if (refused || isFileError(error)) return say((error as Error).message, EXIT_CODES.refused);
  return say(error, EXIT_CODES.failed);
}

function say(what: unknown, code: number): number {
  console.error(what);
  return code;
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

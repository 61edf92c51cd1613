#!/usr/bin/env node
import { Command } from 'commander';
import { CrossfadeError } from '../index.js';
import { compareCommand } from './commands/compare-command.js';
import { rolloutCommands } from './commands/rollout-commands.js';
import { demoCommand } from './commands/demo-command.js';
import { gatewayCommand } from './commands/gateway-command.js';
import { simulatorCommand } from './commands/simulator-command.js';
import { recordCommand } from './commands/record-command.js';
import { RecordingRefused } from './recording/record.js';
import { ServerUnavailable } from './servers/program.js';
import { FaultSyntaxError } from './simulator/faults.js';

const program = new Command('crossfade')
  .description('Fades each user from one event source to another.')
  .addCommand(demoCommand())
  .addCommand(compareCommand())
  .addCommand(gatewayCommand())
  .addCommand(simulatorCommand())
  .addCommand(recordCommand());
for (const command of rolloutCommands()) program.addCommand(command);

program.parseAsync().catch((error: unknown) => {
  // What a person can cure is said in words; only what nobody expected shows where it happened.
  const expected =
    error instanceof CrossfadeError ||
    error instanceof ServerUnavailable ||
    error instanceof RecordingRefused ||
    error instanceof FaultSyntaxError ||
    isFileError(error);
  console.error(expected ? error.message : error);
  process.exit(1);
});

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

#!/usr/bin/env node
import type { Command } from 'commander';
import { commandFailure } from './commands/command-failure.js';

const [, , asked] = process.argv;
// Whoever stops does not wait until everything that the other commands need is loaded.
const program =
  asked === 'stop' || asked === 'start'
    ? (await import('./commands/stop-program.js')).stopProgram()
    : (await import('./commands/program.js')).crossfadeProgram();

throwing(program)
  .parseAsync()
  .catch((error: unknown) => {
    process.exit(commandFailure(error));
  });

/** Commander would end the process by itself, with a code of its own. */
function throwing(command: Command): Command {
  for (const each of command.commands) throwing(each);
  return command.exitOverride();
}

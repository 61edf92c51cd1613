#!/usr/bin/env node
import type { Command } from 'commander';
import { commandFailure } from './commands/command-failure.js';
import { crossfadeProgram } from './commands/program.js';

throwing(crossfadeProgram())
  .parseAsync()
  .catch((error: unknown) => {
    process.exit(commandFailure(error));
  });

/** Commander would end the process by itself, with a code of its own. */
function throwing(command: Command): Command {
  for (const each of command.commands) throwing(each);
  return command.exitOverride();
}

import { Command } from 'commander';
import { startCommand } from './start-command.js';
import { stopCommand } from './stop-command.js';

/** The part of the command line that must be there in no time. Nothing that it imports may load NestJS. */
export function stopProgram(): Command {
  return new Command('crossfade').addCommand(stopCommand()).addCommand(startCommand());
}

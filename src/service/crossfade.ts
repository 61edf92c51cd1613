#!/usr/bin/env node
import { Command } from 'commander';
import { commandFailure } from './commands/command-failure.js';
import { compareCommand } from './commands/compare-command.js';
import { rolloutCommands } from './commands/rollout-commands.js';
import { demoCommand } from './commands/demo-command.js';
import { explainCommand } from './commands/explain-command.js';
import { flagsCommand } from './commands/flags-command.js';
import { gatewayCommand } from './commands/gateway-command.js';
import { recordCommand } from './commands/record-command.js';
import { simulatorCommand } from './commands/simulator-command.js';
import { statusCommand } from './commands/status-command.js';

const program = new Command('crossfade')
  .description('Fades each user from one event source to another.')
  .addCommand(demoCommand())
  .addCommand(compareCommand())
  .addCommand(recordCommand())
  .addCommand(gatewayCommand())
  .addCommand(simulatorCommand())
  .addCommand(flagsCommand())
  .addCommand(explainCommand())
  .addCommand(statusCommand());
for (const command of rolloutCommands()) program.addCommand(command);

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

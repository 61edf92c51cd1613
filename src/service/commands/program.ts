import { Command } from 'commander';
import { compareCommand } from './compare-command.js';
import { demoCommand } from './demo-command.js';
import { doctorCommand } from './doctor-command.js';
import { explainCommand } from './explain-command.js';
import { flagsCommand } from './flags-command.js';
import { gatewayCommand } from './gateway-command.js';
import { recordCommand } from './record-command.js';
import { rolloutCommands } from './rollout-commands.js';
import { simulatorCommand } from './simulator-command.js';
import { startCommand } from './start-command.js';
import { statusCommand } from './status-command.js';
import { stopCommand } from './stop-command.js';

/** The command line as a whole: every command and option that `crossfade` knows. */
export function crossfadeProgram(): Command {
  const program = new Command('crossfade')
    .description('Fades each user from one event source to another.')
    .addCommand(demoCommand())
    .addCommand(doctorCommand())
    .addCommand(compareCommand())
    .addCommand(recordCommand())
    .addCommand(gatewayCommand())
    .addCommand(simulatorCommand())
    .addCommand(flagsCommand())
    .addCommand(explainCommand())
    .addCommand(statusCommand())
    .addCommand(stopCommand())
    .addCommand(startCommand());
  for (const command of rolloutCommands()) program.addCommand(command);
  return program;
}

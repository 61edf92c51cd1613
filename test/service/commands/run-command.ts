import { Command } from 'commander';
import { commandFailure } from '../../../src/service/commands/command-failure.js';

/** What a command came to. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of these commands in this process, as the program would, with this environment and no other. */
export async function runCommand(
  commands: readonly Command[],
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  const hear = (stream: 'stdout' | 'stderr') => (text: unknown) => void (said[stream] += `${String(text)}\n`);
  const { log, error: logError } = console;
  const { env: environment } = process;
  const loadEnvFile = process.loadEnvFile.bind(process);
  console.log = hear('stdout');
  console.error = hear('stderr');
  process.env = { ...env };
  // No `.env` of whoever runs the tests is read.
  process.loadEnvFile = () => undefined;
  process.exitCode = undefined;
  const output = { writeOut: hear('stdout'), writeErr: hear('stderr') };
  const program = commands.reduce((parent, command) => parent.addCommand(command), new Command('crossfade'));
  const prepared = (command: Command): Command => {
    for (const each of command.commands) prepared(each);
    return command.exitOverride().configureOutput(output);
  };
  try {
    await prepared(program).parseAsync(args, { from: 'user' });
    return { code: exitCode(), ...said };
  } catch (error) {
    return { code: commandFailure(error), ...said };
  } finally {
    Object.assign(console, { log, error: logError });
    Object.assign(process, { env: environment, loadEnvFile, exitCode: undefined });
  }
}

function exitCode(): number {
  return typeof process.exitCode === 'number' ? process.exitCode : 0;
}

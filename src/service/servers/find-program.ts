import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installer, type Install } from './apt-install.js';
import { ServerUnavailable, type Program, type Say } from './program.js';

/** A program on this machine. */
export interface FoundProgram {
  /** absolute path of the command */
  readonly command: string;
  readonly origin: 'path' | 'installed';
}

export interface FindProgramOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly say: Say;
  /** how to install what is missing; undefined where that is not possible. Default: apt, where it may be used */
  readonly install?: Install | undefined;
}

/**
 * Finds a program: on the PATH, else by installing it.
 * @throws ServerUnavailable with the cures, where neither works
 */
export async function findProgram(program: Program, options: FindProgramOptions): Promise<FoundProgram> {
  const { env, say } = options;
  const present = commandOf(program, env);
  if (present !== undefined) {
    say(`${program.name}: found ${present}.`);
    return { command: present, origin: 'path' };
  }
  say(`${program.name}: no ${program.commands.join(' or ')} on the PATH.`);
  const install = 'install' in options ? options.install : await installer(env);
  if (install === undefined) {
    throw new ServerUnavailable(
      `${program.name} is neither on the PATH nor can it be installed here (that takes Debian's apt-get, and root or passwordless sudo).`,
      program.cures,
    );
  }
  say(`${program.name}: installing ${program.packages.join(' ')} with apt-get; this can take a minute.`);
  const failure = await install(program);
  const installed = commandOf(program, env);
  if (installed === undefined) {
    throw new ServerUnavailable(
      `${program.name} could not be installed: ${failure ?? 'apt-get succeeded, but the command is still missing'}.`,
      program.cures,
    );
  }
  say(`${program.name}: installed ${installed}; its Debian service was not started.`);
  return { command: installed, origin: 'installed' };
}

function commandOf(program: Program, env: NodeJS.ProcessEnv): string | undefined {
  const folders = [...(env['PATH'] ?? '').split(delimiter), ...(program.folders ?? [])];
  for (const command of program.commands) {
    for (const folder of folders) {
      const path = join(folder, command);
      if (folder !== '' && isExecutable(path)) return path;
    }
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

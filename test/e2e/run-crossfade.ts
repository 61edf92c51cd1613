import { execFile } from 'node:child_process';

/** What a command that was run to its end left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a built program to its end, with nobody at its keyboard; `env` is all of its environment. */
export function runBuilt(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end();
  });
}

/** Runs a command of the built `crossfade`. */
export function runCrossfade(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return runBuilt(['dist/service/crossfade.js', ...args], env);
}

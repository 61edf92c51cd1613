import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** Outlives this process by a moment, and then ends what it started. */
export interface Reaper {
  /** Which process to end, or undefined when there is none just now. */
  guard(pid: number | undefined): void;
  /** Ends the guarded process, removes the folder, and resolves when both are gone. */
  finish(): Promise<void>;
}

// It reads until the pipe ends, which it does when this process dies in whatever way, SIGKILL included.
const SCRIPT = `
pid=
while read -r line; do pid=$line; done
if [ -n "$pid" ]; then kill -9 "$pid" 2>/dev/null; fi
rm -rf -- "$1"
`;

/** Guards a folder, and later a process, against being left behind. */
export function startReaper(folder: string): Reaper {
  const shell = spawn('sh', ['-c', SCRIPT, 'crossfade-reaper', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    shell.once('error', () => {
      resolve();
    });
    shell.once('exit', () => {
      resolve();
    });
  });
  // A reaper that was killed is no reason to fail: it is a safety net.
  shell.stdin.on('error', () => undefined);
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  return {
    guard: (pid) => {
      shell.stdin.write(`${pid ?? ''}\n`);
    },
    finish: async () => {
      shell.ref();
      shell.stdin.end();
      await ended;
    },
  };
}

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface ServerProcessOptions {
  /** its working folder, which also takes its log */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** told of the pid when the process has started, and of undefined when it has ended */
  readonly onPid: (pid: number | undefined) => void;
}

const PROBE_PERIOD_MS = 25;
const ORDERLY_END_MS = 5_000;

/** One run of a server, in a session of its own, so that Ctrl-C in the terminal does not reach it before its clients. */
export class ServerProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private readonly logFile: string;
  private failure = '';
  private running = true;

  constructor(command: string, args: readonly string[], { folder, env, onPid }: ServerProcessOptions) {
    this.logFile = join(folder, 'server.log');
    // A file, not a pipe: a pipe that a busy Node process does not read would stop the server.
    const log = openSync(this.logFile, 'w');
    this.child = spawn(command, args, { cwd: folder, env, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    this.child.unref();
    this.ended = new Promise((resolve) => {
      const end = () => {
        this.running = false;
        onPid(undefined);
        resolve();
      };
      this.child.once('exit', end);
      this.child.once('error', (error) => {
        this.failure = error.message;
        if (this.child.pid === undefined) end();
      });
    });
    if (this.child.pid !== undefined) onPid(this.child.pid);
  }

  /** undefined once it has ended */
  get pid(): number | undefined {
    return this.running ? this.child.pid : undefined;
  }

  /** Whether `condition` held before the process ended or `withinMs` had passed. A rejection counts as not yet. */
  async until(condition: (pid: number) => Promise<boolean>, withinMs: number): Promise<boolean> {
    const deadline = performance.now() + withinMs;
    while (this.pid !== undefined && performance.now() < deadline) {
      const holds = await condition(this.pid).catch(() => false);
      // The loop asks again whether the process lives: somebody else's server may have answered in its place.
      if (holds && this.isRunning()) return true;
      await pause(PROBE_PERIOD_MS);
    }
    return false;
  }

  /** Sends a signal and waits for the end, except after SIGSTOP and SIGCONT, which end nothing. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning()) return;
    this.child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.waitForEnd();
  }

  /** Asks it to end, and ends it where it has not done so after five seconds. */
  async end(): Promise<void> {
    if (!this.isRunning()) return;
    this.child.kill('SIGTERM');
    // A frozen process takes no other signal.
    this.child.kill('SIGCONT');
    const force = setTimeout(() => this.child.kill('SIGKILL'), ORDERLY_END_MS);
    await this.waitForEnd();
    clearTimeout(force);
  }

  /** The end of what it wrote, for a person. */
  lastWords(): string {
    try {
      const lines = readFileSync(this.logFile, 'utf8').trim().split('\n').slice(-8).join('\n');
      return [this.failure, lines].filter((part) => part !== '').join('\n') || '(none)';
    } catch {
      return this.failure || '(none)';
    }
  }

  private isRunning(): boolean {
    return this.pid !== undefined;
  }

  private async waitForEnd(): Promise<void> {
    this.child.ref();
    await this.ended;
  }
}

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import type { FoundProgram } from './find-program.js';
import { ServerUnavailable, type Program, type Say } from './program.js';
import { startReaper, type Reaper } from './reaper.js';
import type { RunningServer } from './running-server.js';
import { ServerProcess } from './server-process.js';

/** How one server is started from its program. */
export interface ServerRecipe {
  readonly program: Program;
  readonly found: FoundProgram;
  /** `folder` is the server's own, and is removed with it */
  readonly args: (port: number, folder: string) => readonly string[];
  /** whether the server with this pid answers on 127.0.0.1:`port`; asked again and again, may reject */
  readonly answers: (port: number, pid: number) => Promise<boolean>;
  readonly env: NodeJS.ProcessEnv;
  readonly say: Say;
  /** default: a free one */
  readonly port?: number | undefined;
  /** how long it may take to answer; default 20,000 */
  readonly readyWithinMs?: number;
}

const ATTEMPTS = 4;
const PORT_TAKEN = /address already in use|could not create server tcp listening socket|EADDRINUSE/i;

/**
 * Starts a server on the loopback interface, with a folder of its own, and waits until it answers.
 * It ends with this process, in whatever way that ends.
 * @throws ServerUnavailable with the last lines of its log
 */
export async function startServer(recipe: ServerRecipe): Promise<RunningServer> {
  const { program, found, say } = recipe;
  const folder = await mkdtemp(join(tmpdir(), `crossfade-${program.name.toLowerCase()}-`));
  const reaper = startReaper(folder);
  for (let attempt = 1; ; attempt++) {
    const port = recipe.port ?? (await freePort());
    const server = new StartedServer(recipe, folder, port, reaper);
    say(`${program.name}: starting ${found.command} on 127.0.0.1:${port}, folder ${folder}.`);
    try {
      await server.start();
      return server;
    } catch (error) {
      const retry = recipe.port === undefined && attempt < ATTEMPTS && PORT_TAKEN.test(String(error));
      if (!retry) {
        await reaper.finish();
        throw error;
      }
      say(`${program.name}: somebody else took port ${port} in between; trying another.`);
    }
  }
}

class StartedServer implements RunningServer {
  readonly host = '127.0.0.1';
  readonly startedByUs = true;
  private process: ServerProcess | undefined;
  private stopping: Promise<void> | undefined;

  constructor(
    private readonly recipe: ServerRecipe,
    private readonly folder: string,
    readonly port: number,
    private readonly reaper: Reaper,
  ) {}

  get origin(): 'path' | 'installed' {
    return this.recipe.found.origin;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  async start(): Promise<void> {
    const { program, found, args, env, answers, readyWithinMs = 20_000 } = this.recipe;
    const process = new ServerProcess(found.command, args(this.port, this.folder), {
      folder: this.folder,
      env,
      onPid: (pid) => {
        this.reaper.guard(pid);
      },
    });
    this.process = process;
    const ready = await process.until(async (pid) => answers(this.port, pid), readyWithinMs);
    if (ready) return;
    const state = process.pid === undefined ? 'ended' : `did not answer within ${readyWithinMs} ms`;
    await process.kill('SIGKILL');
    throw new ServerUnavailable(
      `${program.name} (${found.command}) ${state}. Its last words: ${process.lastWords()}`,
      program.cures,
    );
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.process?.kill(signal);
  }

  async restart(): Promise<void> {
    if (this.stopping !== undefined) throw new Error('This server was stopped for good: start a new one.');
    await this.kill('SIGKILL');
    await this.start();
  }

  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    await this.process?.end();
    await this.reaper.finish();
  }
}

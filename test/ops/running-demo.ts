import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { waitFor } from '../wait-for.js';

/** `crossfade demo` as a process of its own, with the console. */
export class RunningDemo {
  /** everything that it has said */
  said = '';
  private readonly child: ChildProcess;

  private constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, ['dist/service/crossfade.js', 'demo', '--port', '0', ...args], {
      env: { ...process.env, NODE_OPTIONS: '', CROSSFADE_CONSOLE: 'true', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.said += chunk.toString();
      });
  }

  /** Resolves when its page, its console and its files have been told. */
  static async start(args: readonly string[], env: Readonly<Record<string, string>>): Promise<RunningDemo> {
    const demo = new RunningDemo(args, env);
    const isThere = (): boolean => /^Console /m.test(demo.said) || demo.child.exitCode !== null;
    await waitFor('the demo to say where its console is', isThere, 60_000);
    if (demo.child.exitCode !== null) throw new Error(`The demo has ended: ${demo.said}`);
    return demo;
  }

  /** such as `http://127.0.0.1:41234` */
  get url(): string {
    return this.told(/^Metrics {2}(\S+)\/metrics/m);
  }

  get flagsFile(): string {
    return this.told(/^Flags {4}(\S+)/m);
  }

  /** Writes faults where the demo says that it takes them. Resolves, when they are in force, to when they were written. */
  async plant(faults: string): Promise<number> {
    const heard = this.said.length;
    const plantedMs = Date.now();
    await writeFile(this.told(/^Faults {3}(\S+)/m), faults);
    await waitFor(`the demo to plant ${faults}`, () =>
      this.said.slice(heard).includes('Simulator: faults: '),
    );
    return plantedMs;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  private told(pattern: RegExp): string {
    const [, what = ''] = pattern.exec(this.said) ?? [];
    if (what === '') throw new Error(`The demo did not say ${String(pattern)}: ${this.said}`);
    return what;
  }
}

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Answer {
  readonly id: number;
  readonly answer?: unknown;
  readonly problem?: string;
}

const RUN_TYPESCRIPT = fileURLToPath(new URL('../servers/run-typescript.js', import.meta.url));
/** More arguments for the node that is measured, such as `--cpu-prof`. */
const EXTRA_ARGS = (process.env['BENCH_NODE_ARGS'] ?? '').split(' ').filter((arg) => arg !== '');

/** A process of its own that does as it is asked; ends with this one. */
export class Child {
  private readonly asked = new Map<number, (answer: Answer) => void>();
  private count = 0;

  private constructor(
    private readonly process: ChildProcess,
    private readonly file: string,
  ) {
    process.on('message', (answer: Answer) => {
      this.asked.get(answer.id)?.(answer);
      this.asked.delete(answer.id);
    });
    process.on('exit', (code) => {
      for (const [id, settle] of this.asked) settle({ id, problem: `it ended with ${code ?? 'a signal'}` });
    });
  }

  /** `file` is a program beside this one that calls `serve`. `isMeasured`: it gets what `BENCH_NODE_ARGS` says. */
  static start(file: string, isMeasured = false): Child {
    const execArgv = ['--expose-gc', '--no-warnings', '--import', RUN_TYPESCRIPT];
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
      execArgv: isMeasured ? [...execArgv, ...EXTRA_ARGS] : execArgv,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    return new Child(child, file);
  }

  /** @throws what the child could not do */
  async ask<T>(name: string, wish: object = {}): Promise<T> {
    const id = this.count++;
    const answer = await new Promise<Answer>((resolve) => {
      this.asked.set(id, resolve);
      this.process.send({ id, name, wish });
    });
    if (answer.problem !== undefined) throw new Error(`${this.file}, ${name}: ${answer.problem}`);
    return answer.answer as T;
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.disconnect();
    await ended;
  }
}

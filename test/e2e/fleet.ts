import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Stage } from '../../src/index.js';

interface Answers {
  /** of users who need not be connected */
  readonly stages: Stage[];
  readonly flags: { readonly origin: string; readonly ageSeconds: number; readonly serve: number };
  readonly listen: undefined;
  /** the base URL; only where it was given tokens for its admin API */
  readonly url: string;
  /** events that its users got, by source, and when the last came from Redis, milliseconds since 1970 */
  readonly got: { readonly legacy: number; readonly redis: number; readonly lastRedisMs: number };
  /** when serve stood so, milliseconds since 1970; the same of the next two */
  readonly decided: number;
  readonly inStage: number;
  readonly served: number;
}

/** A backend in a process of its own, which embeds the built module. */
export class FleetBackend {
  private asked = 0;
  private readonly waiting = new Map<number, (answer: unknown) => void>();

  private constructor(private readonly child: ChildProcess) {
    child.on('message', ({ id, answer }: { id: number; answer?: unknown }) => {
      this.waiting.get(id)?.(answer);
      this.waiting.delete(id);
    });
  }

  /** Resolves when the module has started. */
  static async start(env: NodeJS.ProcessEnv): Promise<FleetBackend> {
    const program = join(process.cwd(), 'test', 'e2e', 'fleet-backend.mjs');
    const child = fork(program, { env: { PATH: process.env['PATH'], ...env }, execArgv: [] });
    const backend = new FleetBackend(child);
    const ended = once(child, 'exit').then(() => {
      throw new Error('A backend of the fleet ended at its start: see what it printed.');
    });
    await Promise.race([new Promise((resolve) => backend.waiting.set(0, resolve)), ended]);
    ended.catch(() => undefined);
    return backend;
  }

  ask<K extends keyof Answers>(ask: K, details: object = {}): Promise<Answers[K]> {
    const id = ++this.asked;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve as (answer: unknown) => void);
      this.child.send({ id, ask, ...details });
    });
  }

  /** Asks it to end as a deployment does; resolves with its exit code, null where a signal ended it. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    return code;
  }
}

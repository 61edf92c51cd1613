import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Clock } from '../contracts/clock.js';
import type { Lease, LeaseGrant } from '../contracts/lease.js';
import { withFileLock } from './file-lock.js';

interface Held {
  readonly holder: string;
  readonly token: number;
  /** time of day, which the processes of one machine share */
  readonly untilMs: number;
}

export interface FileLeaseOptions {
  readonly path: string;
  readonly clock: Clock;
  /** how long it is held without being renewed, ms */
  readonly leaseMs: number;
}

/** The lease of one machine, for where there is no Redis: a file that names its holder. */
export class FileLease implements Lease {
  private readonly holder = randomUUID();

  constructor(private readonly options: FileLeaseOptions) {}

  acquire(): Promise<LeaseGrant | undefined> {
    const { path, clock, leaseMs } = this.options;
    return withFileLock(path, clock, async () => {
      const askedAtMs = clock.elapsedMs();
      const held = await this.read();
      const mine = held?.holder === this.holder;
      const nowMs = clock.nowMs();
      if (held !== undefined && !mine && nowMs < held.untilMs) return undefined;
      const token = mine && nowMs < held.untilMs ? held.token : (held?.token ?? 0) + 1;
      await this.write({ holder: this.holder, token, untilMs: nowMs + leaseMs });
      return { token, validUntilMs: askedAtMs + leaseMs };
    });
  }

  async release(): Promise<void> {
    const { path, clock } = this.options;
    try {
      await withFileLock(path, clock, async () => {
        const held = await this.read();
        if (held?.holder === this.holder) await this.write({ ...held, untilMs: 0 });
      });
    } catch {
      // It ends by itself.
    }
  }

  private async read(): Promise<Held | undefined> {
    try {
      return JSON.parse(await readFile(this.options.path, 'utf8')) as Held;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  private async write(held: Held): Promise<void> {
    const fresh = `${this.options.path}.${this.holder}`;
    await writeFile(fresh, JSON.stringify(held));
    await rename(fresh, this.options.path);
  }
}

import { open, readFile, rename, stat, truncate } from 'node:fs/promises';
import type { Clock } from '../contracts/clock.js';
import type { DecisionLog } from '../contracts/decision-log.js';
import type { LogEntry } from '../domain/decision.js';
import { withFileLock } from './file-lock.js';
import { logText, readLogText } from './log-text.js';

export interface FileDecisionLogOptions {
  /** a line of JSON for each entry */
  readonly path: string;
  readonly clock: Clock;
  /** a file that has grown so large is put aside as `path.N`, N its last number, and kept; default 64 MB */
  readonly rotateBytes?: number;
}

const ROTATE_BYTES = 64 * 1024 * 1024;
const TAIL_BYTES = 64 * 1024;

/** The record of one machine, for where there is no Redis. A line that a crash has torn is taken off again. */
export class FileDecisionLog implements DecisionLog {
  private newestToken = 0;

  constructor(private readonly options: FileDecisionLogOptions) {}

  last(): Promise<LogEntry | undefined> {
    return this.tail();
  }

  append(entry: LogEntry): Promise<'appended' | 'taken' | 'fenced'> {
    const { path, clock, rotateBytes = ROTATE_BYTES } = this.options;
    return withFileLock(path, clock, async () => {
      const last = await this.tail();
      this.newestToken = Math.max(this.newestToken, last?.token ?? 0);
      if (entry.token !== undefined && entry.token < this.newestToken) return 'fenced';
      if (entry.sequence !== (last?.sequence ?? 0) + 1) return 'taken';
      const whole = await this.mend();
      if (last !== undefined && whole > rotateBytes) {
        await rename(path, `${path}.${last.sequence}`);
        // The newest stands at the head of the new one: it is the memory of the controller.
        await this.write(`${logText(last)}\n`);
      }
      await this.write(`${logText(entry)}\n`);
      return 'appended';
    });
  }

  /** Of this file; what was put aside is read by naming it. */
  async read(fromSequence: number, limit: number): Promise<readonly LogEntry[]> {
    const text = await readFile(this.options.path, 'utf8').catch(orNothing);
    return wholeLines(text)
      .map(readLogText)
      .filter(({ sequence }) => sequence >= fromSequence)
      .slice(0, limit);
  }

  private async write(text: string): Promise<void> {
    const file = await open(this.options.path, 'a');
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  /** Takes a torn last line off; returns the length of what is whole. */
  private async mend(): Promise<number> {
    const { path } = this.options;
    const size = (await stat(path).catch(() => undefined))?.size ?? 0;
    if (size === 0) return 0;
    const tail = await readTail(path, size, TAIL_BYTES);
    if (tail.endsWith('\n')) return size;
    const text = await readFile(path);
    const whole = text.lastIndexOf('\n') + 1;
    await truncate(path, whole);
    return whole;
  }

  private async tail(): Promise<LogEntry | undefined> {
    const { path } = this.options;
    const size = (await stat(path).catch(() => undefined))?.size ?? 0;
    for (let bytes = TAIL_BYTES; size > 0; bytes *= 4) {
      const text = await readTail(path, size, bytes);
      const lines = wholeLines(text);
      // The first of several may be cut; a single one is whole only where the file begins with it.
      const line = lines.at(-1);
      if (line !== undefined && (lines.length > 1 || bytes >= size)) return readLogText(line);
      if (bytes >= size) return undefined;
    }
    return undefined;
  }
}

function wholeLines(text: string): string[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '');
}

async function readTail(path: string, size: number, bytes: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const length = Math.min(size, bytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function orNothing(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
  throw error;
}

import { readFile } from 'node:fs/promises';
import type { StopState } from '../domain/stop-state.js';
import { readStopText, stopText } from '../domain/stop-text.js';

/** Keeps a replica's stop over a restart, so that it holds while Redis is away. */
export class StopFile {
  constructor(
    readonly path: string,
    /** replaces a file whole: a crash leaves the old one or the new one */
    private readonly replaceFile: (path: string, text: string) => Promise<void>,
  ) {}

  /** What was saved last; undefined where nothing ever was. Rejects where the file cannot be read, or says nothing. */
  async load(): Promise<StopState | undefined> {
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    const state = readStopText(text);
    if (state === undefined) throw new Error(`${this.path} says neither stop nor lift`);
    return state;
  }

  async save(state: StopState): Promise<void> {
    await this.replaceFile(this.path, stopText(state));
  }
}

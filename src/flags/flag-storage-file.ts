import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FlagStorage, StoredFlags } from '../contracts/flag-storage.js';
import { readStoredFlags } from './read-stored-flags.js';

/** Keeps the flags in a file, which is replaced whole: a crash leaves the old one or the new one. */
export class FlagStorageFile implements FlagStorage {
  constructor(private readonly path: string) {}

  async load(): Promise<StoredFlags | undefined> {
    try {
      return readStoredFlags(await readFile(this.path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async save(stored: StoredFlags): Promise<void> {
    await replaceFile(this.path, JSON.stringify(stored));
  }
}

/** Replaces a file by rename, making its folder where there is none. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${randomUUID()}`;
  try {
    await writeFile(fresh, text);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CrossfadeError } from '../domain/errors.js';
import { flagFileText } from './flag-file-text.js';

/**
 * Creates a flags file with both flags on at 0 %, and leaves one that is there as it is; says whether it did.
 * @throws CrossfadeError `invalid_settings` where it cannot be written
 */
export async function createFlagFile(path: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, flagFileText({ compare: 0, serve: 0 }), { flag: 'wx' });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new CrossfadeError(
      'invalid_settings',
      `The flags file ${path} cannot be created (${code ?? 'unknown'}).`,
      'Let this process write there, or name another by CROSSFADE_FLAGS_FILE.',
    );
  }
}

import { unwatchFile, watchFile } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { Simulator } from '../simulator/start-simulator.js';
import { faultsText } from '../simulator/faults.js';

const LOOKS_EVERY_MS = 200;

/**
 * Writes the faults in force into a file, and from then on plants what somebody writes there, within a quarter of a
 * second. What cannot be read is said, and changes nothing. @returns how to leave the file alone again
 */
export async function plantFromFile(
  path: string,
  simulator: Pick<Simulator, 'faults' | 'setFaults'>,
  say: (line: string) => void,
): Promise<() => Promise<void>> {
  await writeFile(path, `${faultsText(simulator.faults)}\n`);
  const plant = async (): Promise<void> => {
    try {
      const text = await readFile(path, 'utf8');
      if (text.trim() !== faultsText(simulator.faults)) simulator.setFaults(text);
    } catch (error) {
      say(`Faults: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  watchFile(path, { interval: LOOKS_EVERY_MS }, ({ mtimeMs }) => {
    // A file that is gone has the time 0: nobody has planted anything.
    if (mtimeMs > 0) void plant();
  });
  return () => {
    unwatchFile(path);
    return Promise.resolve();
  };
}

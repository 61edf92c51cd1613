import { open, rm, stat } from 'node:fs/promises';
import type { Clock } from '../contracts/clock.js';

const RETRY_MS = 20;
const GIVE_UP_MS = 5_000;
/** What is done under the lock takes milliseconds: one that is this old was left by a process that died. */
const STALE_MS = 10_000;

/**
 * Does something while no other process of this machine does, by a file beside it that only one can make.
 * @throws Error where the lock cannot be had within 5 s
 */
export async function withFileLock<Value>(
  path: string,
  clock: Clock,
  act: () => Promise<Value>,
): Promise<Value> {
  const lock = `${path}.lock`;
  const untilMs = clock.elapsedMs() + GIVE_UP_MS;
  while (!(await taken(lock))) {
    if (clock.elapsedMs() > untilMs) throw new Error(`${lock} is held by another process. See what it does.`);
    await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
  }
  try {
    return await act();
  } finally {
    await rm(lock, { force: true });
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const made = await stat(lock).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > STALE_MS) await rm(lock, { force: true });
    return false;
  }
}

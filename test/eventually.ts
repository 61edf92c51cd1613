import { setTimeout as wait } from 'node:timers/promises';

/** Waits until `holds` says true, for tests on real servers; fails with `what` when the deadline has passed. */
export async function eventually(what: string, holds: () => boolean, deadlineMs = 5000): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`in ${deadlineMs} ms it never came true that ${what}`);
    await wait(5);
  }
}

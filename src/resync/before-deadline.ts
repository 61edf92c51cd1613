import type { Clock } from '../contracts/clock.js';

/** What `work` comes to, or a rejection when that takes longer than `timeoutMs`; what comes later is dropped. */
export function beforeDeadline<T>(work: Promise<T>, clock: Clock, timeoutMs: number): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => {
      reject(new Error(`nothing was read within ${timeoutMs} ms`));
    });
    work.then(resolve, reject).finally(cancel);
  });
}

import type { CrossfadeRuntime } from './crossfade-runtime.js';

export const DEFAULT_SHUTDOWN_LIMIT_MS = 8_000;

/** The orderly end of the module, for a host that wants it at a time of its own; else it comes by itself. */
export class CrossfadeDrain {
  private draining: Promise<number> | undefined;

  constructor(private readonly runtime: CrossfadeRuntime) {}

  /**
   * Lets nobody in any more, and closes streams, presence, subscriptions and connections; what was counted can be
   * scraped for as long as the host listens. Resolves to how many milliseconds of `shutdownLimitMs` are left, to 0
   * when not all was closed in time; never rejects. Calling it again gives the same.
   */
  drain(): Promise<number> {
    return (this.draining ??= this.drainOnce());
  }

  private async drainOnce(): Promise<number> {
    const { clock, options } = this.runtime;
    const { shutdownLimitMs = DEFAULT_SHUTDOWN_LIMIT_MS, onFailure } = options;
    const untilMs = clock.elapsedMs() + shutdownLimitMs;
    let cancel = (): void => undefined;
    const limit = new Promise<string>((resolve) => {
      cancel = clock.after(shutdownLimitMs, () => {
        resolve(`not all was closed within ${shutdownLimitMs} ms`);
      });
    });
    const closed = this.runtime.close().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const problem = await Promise.race([closed, limit]);
    cancel();
    if (problem !== undefined) onFailure?.(`The module did not end in order: ${problem}.`);
    return Math.max(0, untilMs - clock.elapsedMs());
  }
}

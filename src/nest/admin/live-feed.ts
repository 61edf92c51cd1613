import type { ServerResponse } from 'node:http';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Cancel, Clock } from '../../contracts/clock.js';
import { SystemClock } from '../../coordination/system-clock.js';
import { liveSums } from '../../metrics/live-sums.js';
import { CrossfadeHealth } from '../crossfade-health.js';
import type { CrossfadeRuntime } from '../crossfade-runtime.js';
import { CROSSFADE_RUNTIME } from '../tokens.js';
import { AdminRefusal } from './admin-refusal.js';
import { liveReading, type LiveReading, type TimedSums } from './live-reading.js';

/** twice a second is as live as an eye wants */
const EVERY_MS = 500;
const RECENT_MS = 30_000;
const MOST_LISTENERS = 50;
const MOST_MISMATCHES = 20;

/** Reads twice a second while anybody listens, and not at all while nobody does; all who listen get the same text. */
@Injectable()
export class LiveFeed implements BeforeApplicationShutdown {
  private readonly clock: Clock;
  private readonly listeners = new Set<ServerResponse>();
  private readings: readonly TimedSums[] = [];
  private cancel: Cancel | undefined;

  constructor(
    @Inject(CROSSFADE_RUNTIME) private readonly runtime: CrossfadeRuntime,
    @Inject(CrossfadeHealth) private readonly health: CrossfadeHealth,
  ) {
    this.clock = runtime.options.clock ?? new SystemClock();
  }

  /** Begins an event stream that ends with its reader or with the process. @throws AdminRefusal 429 */
  follow(response: ServerResponse): void {
    if (this.listeners.size >= MOST_LISTENERS)
      throw new AdminRefusal(
        429,
        'too_many_listeners',
        `${MOST_LISTENERS} listen already.`,
        'Close a console that nobody looks at, or ask another replica.',
      );
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    for (const event of ['close', 'error'])
      response.on(event, () => {
        this.listeners.delete(response);
      });
    this.listeners.add(response);
    if (this.cancel === undefined) this.readAfter(0);
  }

  beforeApplicationShutdown(): void {
    this.cancel?.();
    for (const response of this.listeners) response.end();
    this.listeners.clear();
  }

  private readAfter(delayMs: number): void {
    this.cancel = this.clock.after(delayMs, () => {
      void this.tell();
    });
  }

  private async tell(): Promise<void> {
    if (this.listeners.size === 0) {
      this.cancel = undefined;
      this.readings = [];
      return;
    }
    try {
      const text = `data: ${JSON.stringify(await this.read())}\n\n`;
      // Who reads slowly misses a reading, and gets a later one.
      for (const response of this.listeners) if (!response.writableNeedDrain) response.write(text);
    } catch {
      // A reading that failed is missed; what is ill has a counter of its own.
    } finally {
      this.readAfter(EVERY_MS);
    }
  }

  private async read(): Promise<LiveReading> {
    const { runtime, health, clock } = this;
    const now: TimedSums = { atMs: clock.nowMs(), sums: await liveSums(runtime.registry) };
    const [before = now] = this.readings;
    const kept = this.readings.filter(({ atMs }) => now.atMs - atMs < RECENT_MS);
    this.readings = [...kept, now];
    return liveReading(before, now, {
      users: runtime.users(),
      mismatches: runtime.evidence?.samples().slice(0, MOST_MISMATCHES) ?? [],
      degraded: health.degraded(),
    });
  }
}

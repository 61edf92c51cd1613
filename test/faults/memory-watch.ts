const MB = 1_048_576;

/** What a heap may grow by while nothing more is to be remembered: less than this is what a few megabytes of garbage look like. */
const MAX_MB_PER_MINUTE = 1;

/** Looks at the heap after each collection, and says whether it grows. Needs --expose-gc. */
export class MemoryWatch {
  private readonly samples: { readonly minutes: number; readonly megabytes: number }[] = [];
  private readonly beganMs = performance.now();

  sample(): void {
    globalThis.gc?.();
    this.samples.push({
      minutes: (performance.now() - this.beganMs) / 60_000,
      megabytes: process.memoryUsage().heapUsed / MB,
    });
  }

  /** Whether it does not grow, once half of the time is over. */
  get isFlat(): boolean {
    return this.megabytesPerMinute <= MAX_MB_PER_MINUTE;
  }

  report(): string {
    const [first, last] = [this.late[0]?.megabytes ?? 0, this.late.at(-1)?.megabytes ?? 0];
    return `${first.toFixed(1)} MB at half time, ${last.toFixed(1)} MB at the end, slope ${this.megabytesPerMinute.toFixed(2)} MB a minute (at most ${MAX_MB_PER_MINUTE})`;
  }

  private get late() {
    return this.samples.slice(Math.floor(this.samples.length / 2));
  }

  /** The slope of least squares. */
  private get megabytesPerMinute(): number {
    const { late } = this;
    const mean = (of: (sample: (typeof late)[number]) => number) =>
      late.reduce((sum, sample) => sum + of(sample), 0) / late.length;
    const [meanX, meanY] = [mean(({ minutes }) => minutes), mean(({ megabytes }) => megabytes)];
    const covariance = mean(({ minutes, megabytes }) => (minutes - meanX) * (megabytes - meanY));
    const variance = mean(({ minutes }) => (minutes - meanX) ** 2);
    return variance === 0 ? 0 : covariance / variance;
  }
}

import type { Recorder } from '../contracts/recorder.js';

/** How Redis followed legacy over a whole recording, in seconds; null where nothing was measured. */
export interface LagSeconds {
  readonly count: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** Counts what a comparison of a recording finds; a failure of the comparison itself is thrown at its end. */
export class TraceRecorder implements Recorder {
  readonly counts = { matched: 0, late: 0, notCompared: 0, unreadable: 0, misrouted: 0 };
  readonly excuses = new Map<string, number>();
  readonly failures: unknown[] = [];
  private readonly lagsMs: number[] = [];

  compared: Recorder['compared'] = (outcome) => {
    if (outcome === 'matched') this.counts.matched++;
  };
  excused: Recorder['excused'] = (reason) => {
    this.excuses.set(reason, (this.excuses.get(reason) ?? 0) + 1);
  };
  notCompared: Recorder['notCompared'] = () => {
    this.counts.notCompared++;
  };
  late: Recorder['late'] = () => {
    this.counts.late++;
  };
  lag: Recorder['lag'] = (_type, lagMs) => {
    this.lagsMs.push(lagMs);
  };
  unreadable: Recorder['unreadable'] = () => {
    this.counts.unreadable++;
  };
  misrouted: Recorder['misrouted'] = () => {
    this.counts.misrouted++;
  };
  failed: Recorder['failed'] = (_operation, error) => {
    if (this.failures.length < 10) this.failures.push(error);
  };
  received: Recorder['received'] = nothing;
  delivered: Recorder['delivered'] = nothing;
  gap: Recorder['gap'] = nothing;
  handover: Recorder['handover'] = nothing;
  merged: Recorder['merged'] = nothing;
  resynced: Recorder['resynced'] = nothing;
  canary: Recorder['canary'] = nothing;
  dropped: Recorder['dropped'] = nothing;

  /** Nearest ranks; exact to the microsecond, as recordings are. */
  lagSeconds(): LagSeconds {
    const sorted = [...this.lagsMs].sort((a, b) => a - b);
    const rank = (share: number): number | null => {
      const lagMs = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
      return lagMs === undefined ? null : Math.round(lagMs * 1000) / 1_000_000;
    };
    return { count: sorted.length, p50: rank(0.5), p99: rank(0.99), min: rank(0), max: rank(1) };
  }
}

function nothing(): void {
  // Nobody is served by a recording.
}

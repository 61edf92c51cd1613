import type { Recorder } from '../../src/contracts/recorder.js';

/** Counts every call by its name and its label-like arguments. */
export class FakeRecorder implements Recorder {
  readonly counts = new Map<string, number>();
  readonly lags: number[] = [];
  readonly gaps: { source: string; cause: string; lengthMs: number }[] = [];
  readonly handovers: { to: string; result: string; tookMs: number }[] = [];

  of(key: string): number {
    return this.counts.get(key) ?? 0;
  }

  received: Recorder['received'] = (source, type) => {
    this.add('received', source, type);
  };
  delivered: Recorder['delivered'] = (source, type) => {
    this.add('delivered', source, type);
  };
  misrouted: Recorder['misrouted'] = (source) => {
    this.add('misrouted', source);
  };
  unreadable: Recorder['unreadable'] = (source) => {
    this.add('unreadable', source);
  };
  compared: Recorder['compared'] = (outcome, type) => {
    this.add('compared', outcome, type);
  };
  excused: Recorder['excused'] = (reason, type) => {
    this.add('excused', reason, type);
  };
  notCompared: Recorder['notCompared'] = (reason, type) => {
    this.add('notCompared', reason, type);
  };
  late: Recorder['late'] = (type) => {
    this.add('late', type);
  };
  lag: Recorder['lag'] = (_type, lagMs) => {
    this.lags.push(lagMs);
  };
  gap: Recorder['gap'] = (source, cause, lengthMs) => {
    this.gaps.push({ source, cause, lengthMs });
    this.add('gap', source, cause);
  };
  handover: Recorder['handover'] = (to, result, tookMs) => {
    this.handovers.push({ to, result, tookMs });
    this.add('handover', to, result);
  };
  merged: Recorder['merged'] = (outcome, type) => {
    this.add('merged', outcome, type);
  };
  resynced: Recorder['resynced'] = (result) => {
    this.add('resynced', result);
  };
  canary: Recorder['canary'] = (result) => {
    this.add('canary', result);
  };
  dropped: Recorder['dropped'] = (what) => {
    this.add('dropped', what);
  };
  failed: Recorder['failed'] = (operation) => {
    this.add('failed', operation);
  };

  private add(...parts: string[]): void {
    const key = parts.join(' ');
    this.counts.set(key, this.of(key) + 1);
  }
}

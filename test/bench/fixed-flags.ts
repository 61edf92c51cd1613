import type { Cancel } from '../../src/contracts/clock.js';
import type { CohortReader, FlagState } from '../../src/contracts/cohort-reader.js';
import type { Cohorts } from '../../src/domain/route.js';
import type { Stage } from '../../src/domain/stage.js';

const COHORTS: Readonly<Record<Stage, Cohorts>> = {
  legacy: { compare: false, serve: false, serveIsFull: false },
  shadow: { compare: true, serve: false, serveIsFull: false },
  live: { compare: true, serve: true, serveIsFull: false },
  complete: { compare: false, serve: true, serveIsFull: true },
};

/** Flags that put users where the benchmark says. */
export class FixedFlags implements CohortReader {
  private readonly listeners = new Set<() => void>();

  constructor(private stageOf: (uid: string) => Stage) {}

  /** A flag change. */
  change(stageOf: (uid: string) => Stage): void {
    this.stageOf = stageOf;
    for (const listener of this.listeners) listener();
  }

  cohorts(uid: string): Cohorts {
    return COHORTS[this.stageOf(uid)];
  }

  state(): FlagState {
    return {
      origin: 'file',
      comparePercent: undefined,
      servePercent: undefined,
      confirmedAtMs: undefined,
      ageMs: undefined,
      problems: [],
    };
  }

  onChange(listener: () => void): Cancel {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

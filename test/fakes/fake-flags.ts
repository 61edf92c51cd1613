import type { Cancel } from '../../src/contracts/clock.js';
import type { CohortReader, FlagState } from '../../src/contracts/cohort-reader.js';
import type { Cohorts } from '../../src/domain/route.js';

/** Flags that a test sets for each user. */
export class FakeFlags implements CohortReader {
  serveIsFull = false;
  broken = false;
  comparePercent: number | undefined;
  servePercent: number | undefined;
  private readonly users = new Map<string, { compare: boolean; serve: boolean }>();
  private readonly listeners = new Set<() => void>();

  set(uid: string, compare: boolean, serve: boolean): this {
    this.users.set(uid, { compare, serve });
    return this;
  }

  tell(): void {
    for (const listener of this.listeners) listener();
  }

  cohorts(uid: string): Cohorts | undefined {
    if (this.broken) throw new Error('flags are broken');
    const user = this.users.get(uid);
    return user === undefined ? undefined : { ...user, serveIsFull: this.serveIsFull };
  }

  state(): FlagState {
    if (this.broken) throw new Error('flags are broken');
    const { comparePercent, servePercent } = this;
    return {
      origin: 'file',
      comparePercent,
      servePercent,
      confirmedAtMs: undefined,
      ageMs: undefined,
      problems: [],
    };
  }

  onChange(listener: () => void): Cancel {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get listenerCount(): number {
    return this.listeners.size;
  }
}

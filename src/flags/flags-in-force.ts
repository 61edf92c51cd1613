import { Unleash, UnleashEvents } from 'unleash-client';
import type { Cancel, Clock } from '../contracts/clock.js';
import type { FlagOrigin, FlagState } from '../contracts/cohort-reader.js';
import type { Recorder } from '../contracts/recorder.js';
import { FLAG_NAMES } from '../domain/flag.js';
import type { Cohorts } from '../domain/route.js';
import { isFull, judgeFlags, type FlagRules } from './flag-rules.js';
import type { FlagSet } from './flag-set.js';
import { HeldRepository } from './held-repository.js';
import { readFlagSet } from './read-flag-set.js';

/**
 * The flags by which users are decided, and the gate before them: what would surprise is refused, and then
 * what was in force stays so. Wherever flags come from, unleash-client itself decides about each user.
 */
export class FlagsInForce {
  private readonly repository = new HeldRepository();
  private readonly unleash: Unleash;
  private readonly listeners = new Set<() => void>();
  private held: (SoundFlags & { readonly text: string }) | undefined;
  private origin: FlagOrigin = 'none';
  private confirmed: { readonly atMs: number; readonly elapsedMs: number } | undefined;
  /**
   * What constraints on dates are held against: a state that is not confirmed any more moves nobody as time goes
   * by. Undefined where there are none, because the client decides three times as fast without.
   */
  private currentTime: Date | undefined;
  private problems: readonly string[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly recorder: Pick<Recorder, 'failed'>,
  ) {
    this.unleash = new Unleash({
      appName: 'crossfade',
      // The client insists on an address; with a repository of one's own and no metrics it is never used.
      url: 'http://unleash.invalid/',
      repository: this.repository,
      disableAutoStart: true,
      disableMetrics: true,
      metricsInterval: 0,
      skipInstanceCountWarning: true,
    });
    this.unleash.on(UnleashEvents.Error, (error: unknown) => {
      recorder.failed('read_flags', error);
    });
  }

  /** Puts what was read in force, or refuses it and counts that. Says which. Confirmed at `confirmedAtMs` (default: now). */
  offer(value: unknown, origin: FlagOrigin, confirmedAtMs = this.clock.nowMs()): 'in_force' | 'refused' {
    const sound = judge(value);
    if ('problems' in sound) {
      this.refuse(sound.problems);
      return 'refused';
    }
    const text = JSON.stringify(sound.set);
    const changed = text !== this.held?.text;
    // What was wrong with the server's word is not mended by an older one that stands in for it.
    if (origin === 'file' || origin === 'server') this.problems = [];
    this.origin = origin;
    if (changed) {
      this.held = { ...sound, text };
      this.repository.hold(sound.set);
    }
    this.confirmAt(confirmedAtMs);
    if (changed) this.tell();
    return 'in_force';
  }

  /** Says what is wrong with what was read last, and counts it once; what is in force stays so. */
  refuse(problems: readonly string[]): void {
    this.problems = problems;
    this.recorder.failed('read_flags', new Error(problems.join(' ')));
  }

  /** The origin still says what is in force. */
  confirm(): void {
    this.confirmAt(this.clock.nowMs());
  }

  /** What is in force, in the form in which it may be stored and offered again. */
  inForce(): FlagSet | undefined {
    return this.held?.set;
  }

  rules(): FlagRules | undefined {
    return this.held?.rules;
  }

  cohorts(uid: string): Cohorts | undefined {
    if (this.held === undefined) return undefined;
    try {
      const { currentTime } = this;
      const context = currentTime === undefined ? { userId: uid } : { userId: uid, currentTime };
      return cohortsOf(
        this.unleash.isEnabled(FLAG_NAMES.compare, context),
        this.unleash.isEnabled(FLAG_NAMES.serve, context),
        isFull(this.held.rules.serve),
      );
    } catch (error) {
      this.recorder.failed('read_flags', error);
      return undefined;
    }
  }

  state(): FlagState {
    return {
      origin: this.origin,
      comparePercent: this.held?.rules.compare.percent,
      servePercent: this.held?.rules.serve.percent,
      confirmedAtMs: this.confirmed?.atMs,
      ageMs: this.confirmed === undefined ? undefined : this.clock.elapsedMs() - this.confirmed.elapsedMs,
      problems: this.problems,
    };
  }

  onChange(listener: () => void): Cancel {
    // Wrapped, so that one function given twice is two listeners.
    const entry = (): void => {
      listener();
    };
    this.listeners.add(entry);
    return () => void this.listeners.delete(entry);
  }

  close(): void {
    this.listeners.clear();
    this.unleash.destroy();
  }

  private confirmAt(confirmedAtMs: number): void {
    const ageMs = Math.max(0, this.clock.nowMs() - confirmedAtMs);
    this.confirmed = { atMs: confirmedAtMs, elapsedMs: this.clock.elapsedMs() - ageMs };
    this.currentTime =
      this.held !== undefined && namesDates(this.held.set) ? new Date(confirmedAtMs) : undefined;
  }

  private tell(): void {
    for (const listener of [...this.listeners]) {
      try {
        listener();
      } catch (error) {
        this.recorder.failed('read_flags', error);
      }
    }
  }
}

/** Flags that hold no surprise. */
export interface SoundFlags {
  readonly set: FlagSet;
  readonly rules: FlagRules;
}

/** Judges an answer in Unleash's client-features format, shape and rules. Pure. */
export function judge(value: unknown): SoundFlags | { readonly problems: readonly string[] } {
  const reading = readFlagSet(value);
  if ('problems' in reading) return reading;
  const judgement = judgeFlags(reading.set);
  return 'problems' in judgement ? judgement : { set: reading.set, rules: judgement.rules };
}

function namesDates({ flags, segments }: FlagSet): boolean {
  return [...flags.compare.strategies, ...flags.serve.strategies, ...segments]
    .flatMap(({ constraints }) => constraints)
    .some(({ operator }) => operator.startsWith('DATE_'));
}

// One frozen object per combination: a user costs no allocation.
const COHORTS: readonly Cohorts[] = Array.from({ length: 8 }, (_, bits) =>
  Object.freeze({ compare: (bits & 4) !== 0, serve: (bits & 2) !== 0, serveIsFull: (bits & 1) !== 0 }),
);

function cohortsOf(compare: boolean, serve: boolean, serveIsFull: boolean): Cohorts | undefined {
  return COHORTS[(compare ? 4 : 0) + (serve ? 2 : 0) + (serveIsFull ? 1 : 0)];
}

import type { Clock } from '../contracts/clock.js';
import type { Sample } from '../contracts/comparison-evidence.js';
import type { Recorder } from '../contracts/recorder.js';
import { digestName, digestText, type Digest } from '../domain/digest.js';
import { isGuarded } from '../domain/objective.js';
import type { Topic } from '../domain/topic.js';
import type { ComparingBounds } from './comparing-settings.js';
import type { Doubt } from './doubts.js';
import { HeldVerdicts } from './held-verdicts.js';
import type { Mismatch } from './mismatch.js';
import { Samples } from './samples.js';
import { UserSums } from './user-sums.js';

/** Told of each mismatch with its uid; for use on this machine only. */
export type MismatchListener = (topic: Topic, type: string, mismatch: Mismatch) => void;

/** Told of each comparison that came out well; as the other. */
export type MatchListener = (topic: Topic) => void;

/** Whose comparison it is, and what is doubted about its sources. */
export interface Subject {
  readonly topic: Topic;
  /** the hashed uid */
  readonly user: string;
  doubt(source: Doubt['source'], fromMs: number, untilMs: number): Doubt | undefined;
}

/** Where verdicts are written down: counted, summed by user, and sampled. */
export class ComparisonBook {
  readonly sums: UserSums;
  readonly samples: Samples;
  readonly held: HeldVerdicts;

  constructor(
    readonly recorder: Recorder,
    private readonly clock: Clock,
    private readonly bounds: ComparingBounds,
    private readonly listener: MismatchListener | undefined,
    private readonly onMatch: MatchListener | undefined,
  ) {
    this.sums = new UserSums(bounds.maxUsers);
    this.samples = new Samples(bounds.samplesPerKind);
    this.held = new HeldVerdicts(bounds.confirmMs);
  }

  userOf(topic: Topic): string {
    return digestName(digestText(this.bounds.salt + topic.uid));
  }

  matched(subject: Subject, type: string): void {
    this.recorder.compared('matched', type);
    this.sums.add(subject.user, false);
    this.onMatch?.(subject.topic);
  }

  /** Counts a comparison that came out wrong, at once or, where a gap may yet excuse it, after a while. */
  mismatched(subject: Subject, type: string, mismatches: readonly Mismatch[]): void {
    const decide = (): void => {
      this.decide(subject, type, mismatches);
    };
    const excusable = mismatches.some((each) => each.excusable !== undefined);
    if (this.bounds.confirmMs === 0 || !excusable) decide();
    else for (const early of this.held.hold(this.clock.elapsedMs(), decide)) early();
  }

  private decide(subject: Subject, type: string, mismatches: readonly Mismatch[]): void {
    const wrong = mismatches.filter(({ excusable }) => {
      const doubt = excusable?.sources
        .map((source) => subject.doubt(source, excusable.fromMs, excusable.untilMs))
        .find((each) => each !== undefined);
      if (doubt !== undefined) this.recorder.excused(doubt.reason, type, doubt.cause);
      return doubt === undefined;
    });
    if (wrong.length === 0) return;
    if (wrong.some(({ outcome }) => isGuarded(outcome))) this.sums.add(subject.user, true);
    for (const mismatch of wrong) {
      this.recorder.compared(mismatch.outcome, type);
      this.samples.add(this.sample(subject.user, type, mismatch));
      this.listener?.(subject.topic, type, mismatch);
    }
  }

  private sample(user: string, type: string, mismatch: Mismatch): Sample {
    const { outcome, key, fields, sinceMs, legacy, redis, values } = mismatch;
    return {
      outcome,
      type,
      user,
      key: digestName(digestText(key)),
      fields,
      digests: { legacy: nameOf(legacy), redis: nameOf(redis) },
      ageMs: this.clock.elapsedMs() - sinceMs,
      atMs: this.clock.nowMs(),
      ...(values === undefined ? {} : { values }),
    };
  }
}

function nameOf(digest: Digest | undefined): string | undefined {
  return digest === undefined ? undefined : digestName(digest);
}

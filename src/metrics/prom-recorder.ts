import type { Registry } from 'prom-client';
import type { Clock } from '../contracts/clock.js';
import type {
  CanaryResult,
  Dropped,
  HandoverResult,
  InstrumentOperation,
  MergeOutcome,
  Recorder,
  ResyncResult,
} from '../contracts/recorder.js';
import type { ComparisonClass, ExcuseReason, NotComparedReason } from '../domain/comparison.js';
import { CrossfadeError } from '../domain/errors.js';
import { typeLabel } from '../domain/event-type.js';
import type { Gap, GapCause } from '../domain/gap.js';
import type { Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import { CATALOGUE } from './catalogue.js';
import { FailureLog, type FailureLogger } from './failure-log.js';
import { registerGauges, type Gauges } from './gauges.js';
import { TalliedHistogram } from './tallied-histogram.js';
import { Tally } from './tally.js';

export interface PromRecorderOptions {
  /** where the metrics go; one recorder per registry */
  readonly registry: Registry;
  readonly clock: Clock;
  /** told of failures of the instrument, at most one line per operation and minute */
  readonly log?: FailureLogger;
  /** told of each gap of each topic when it has ended */
  readonly onGap?: (gap: Gap) => void;
}

/**
 * Counts for Prometheus, in the registry that it is given. Counting adds to plain numbers; a scrape hands
 * them over.
 * @throws CrossfadeError `invalid_settings` where the registry already holds a recorder's metrics
 */
export class PromRecorder implements Recorder {
  private readonly tallies;
  private readonly log: FailureLog | undefined;
  private gauges: Gauges | undefined;

  constructor(private readonly options: PromRecorderOptions) {
    const { registry, clock, log } = options;
    const taken = Object.values(CATALOGUE).find(({ name }) => registry.getSingleMetric(name) !== undefined);
    if (taken !== undefined) {
      throw new CrossfadeError(
        'invalid_settings',
        `The metrics registry already holds ${taken.name}.`,
        'Give each CrossfadeModule of one process a Registry of its own.',
      );
    }
    this.tallies = talliesIn(registry);
    this.log = log === undefined ? undefined : new FailureLog(log, clock);
    registerGauges(
      registry,
      () => this.gauges,
      (error) => {
        this.failed('record', error);
      },
    );
  }

  /** From now on a scrape reads its gauges here; before the first call they are absent. */
  watch(gauges: Gauges): void {
    this.gauges = gauges;
  }

  received(source: Source, type: string): void {
    this.check(this.tallies.received.add(source, typeLabel(type)));
  }

  delivered(source: Source, type: string, ageMs: number | undefined): void {
    this.check(this.tallies.delivered.add(source, typeLabel(type)));
    if (ageMs !== undefined) this.check(this.tallies.deliveryAge.add(source, ageMs / 1000));
  }

  misrouted(source: Source): void {
    this.check(this.tallies.misrouted.add(source));
  }

  unreadable(source: Source): void {
    this.check(this.tallies.unreadable.add(source));
  }

  compared(outcome: ComparisonClass, type: string): void {
    this.check(this.tallies.compared.add(outcome, typeLabel(type)));
  }

  excused(reason: ExcuseReason, type: string): void {
    this.check(this.tallies.excused.add(reason, typeLabel(type)));
  }

  notCompared(reason: NotComparedReason, type: string): void {
    this.check(this.tallies.notCompared.add(reason, typeLabel(type)));
  }

  late(type: string): void {
    this.check(this.tallies.late.add(typeLabel(type)));
  }

  lag(type: string, lagMs: number): void {
    this.check(this.tallies.lag.add(typeLabel(type), lagMs / 1000));
  }

  gap(source: Source, cause: GapCause, lengthMs: number, topic: Topic): void {
    this.check(this.tallies.gaps.add(source, cause));
    this.check(this.tallies.gapSeconds.add(source, cause, lengthMs / 1000));
    const toMs = this.options.clock.nowMs();
    try {
      this.options.onGap?.({ topic, source, cause, fromMs: toMs - lengthMs, toMs });
    } catch (error) {
      this.failed('record', error);
    }
  }

  handover(to: Source, result: HandoverResult, tookMs: number): void {
    this.check(this.tallies.handovers.add(to, result));
    const isMoved = result === 'completed' || result === 'at_once';
    if (isMoved) this.check(this.tallies.handoverTime.add(to, tookMs / 1000));
  }

  merged(outcome: MergeOutcome, type: string): void {
    this.check(this.tallies.merged.add(outcome, typeLabel(type)));
  }

  resynced(result: ResyncResult): void {
    this.check(this.tallies.resyncs.add(result));
  }

  canary(result: CanaryResult): void {
    this.check(this.tallies.canaries.add(result));
  }

  dropped(what: Dropped): void {
    this.check(this.tallies.dropped.add(what));
  }

  failed(operation: InstrumentOperation, error: unknown): void {
    this.tallies.failures.add(operation);
    this.log?.failed(operation, error);
  }

  /** A measurement that is none is not counted as one: the instrument failed. */
  private check(counted: boolean): void {
    if (!counted) this.failed('record', NOT_A_MEASUREMENT);
  }
}

const NOT_A_MEASUREMENT = new RangeError('a label outside its closed list, or a number that is none');

function talliesIn(registry: Registry) {
  return {
    received: new Tally(CATALOGUE.received, registry),
    delivered: new Tally(CATALOGUE.delivered, registry),
    deliveryAge: new TalliedHistogram(CATALOGUE.deliveryAge, registry),
    misrouted: new Tally(CATALOGUE.misrouted, registry),
    unreadable: new Tally(CATALOGUE.unreadable, registry),
    compared: new Tally(CATALOGUE.compared, registry),
    excused: new Tally(CATALOGUE.excused, registry),
    notCompared: new Tally(CATALOGUE.notCompared, registry),
    late: new Tally(CATALOGUE.late, registry),
    lag: new TalliedHistogram(CATALOGUE.lag, registry),
    gaps: new Tally(CATALOGUE.gaps, registry),
    gapSeconds: new Tally(CATALOGUE.gapSeconds, registry),
    handovers: new Tally(CATALOGUE.handovers, registry),
    handoverTime: new TalliedHistogram(CATALOGUE.handoverTime, registry),
    merged: new Tally(CATALOGUE.merged, registry),
    resyncs: new Tally(CATALOGUE.resyncs, registry),
    canaries: new Tally(CATALOGUE.canaries, registry),
    dropped: new Tally(CATALOGUE.dropped, registry),
    failures: new Tally(CATALOGUE.failures, registry),
  };
}

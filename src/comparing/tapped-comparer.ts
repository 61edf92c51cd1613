import type { Clock } from '../contracts/clock.js';
import type { Comparer, ComparisonSession } from '../contracts/comparer.js';
import type { Recorder } from '../contracts/recorder.js';
import { CrossfadeError } from '../domain/errors.js';
import type { GapStart } from '../domain/gap.js';
import { SOURCES, type Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { UserEvent } from '../domain/user-event.js';
import type { ComparingSettings } from './comparing-settings.js';
import { comparingBounds } from './comparing-settings.js';
import { Rules } from './rules.js';
import { TraceRedaction, type Fingerprint } from './trace-redaction.js';
import { TraceTap, type Standing, type TraceSink } from './trace-tap.js';

export interface TappedParts {
  readonly comparer: Comparer;
  readonly settings: ComparingSettings;
  readonly fingerprint: Fingerprint;
  /** whether a recording may show values at all */
  readonly mayShowValues: boolean;
  readonly clock: Clock;
  readonly recorder: Pick<Recorder, 'failed'>;
}

/** What is to be recorded. */
export interface RecordingRequest {
  /** undefined: every user who is compared here */
  readonly uids: ReadonlySet<string> | undefined;
  /** values too, but for those under a name that the settings redact */
  readonly withValues: boolean;
  /** milliseconds */
  readonly forMs: number;
}

/** Each holds up to 100,000 list items while its reader is slow. */
const MAX_TAPS = 4;

/**
 * A comparer whose input can be recorded while it runs. The comparison itself is told first and knows nothing of
 * it; while nobody records, an arrival costs one check.
 */
export class TappedComparer implements Comparer {
  /** undefined while nobody records */
  taps: ReadonlySet<TraceTap> | undefined;
  private readonly sessions = new Set<TappedSession>();
  private readonly rules: Rules;
  private readonly redacted: ReadonlySet<string>;

  /** @throws CrossfadeError `invalid_rules` or `invalid_settings` */
  constructor(private readonly parts: TappedParts) {
    this.rules = new Rules(parts.settings.rules);
    this.redacted = new Set(comparingBounds(parts.settings).redact);
  }

  begin(topic: Topic): ComparisonSession {
    const session = new TappedSession(topic, this.parts.comparer.begin(topic), this);
    this.sessions.add(session);
    this.tell({ source: 'redis', edge: 'begin', topic, cause: 'opening' });
    return session;
  }

  /**
   * Records into `sink` from now on, for so long or until the tap is stopped.
   * @throws CrossfadeError `too_many_recordings`, or `values_are_off` where they are asked for and not switched on
   */
  record({ uids, withValues, forMs }: RecordingRequest, sink: TraceSink): TraceTap {
    const { clock, recorder, fingerprint, mayShowValues } = this.parts;
    if (withValues && !mayShowValues)
      throw new CrossfadeError(
        'values_are_off',
        'Recordings show no values here.',
        'Ask without them, or switch recordValues (CROSSFADE_RECORD_VALUES) on.',
      );
    if ((this.taps?.size ?? 0) >= MAX_TAPS)
      throw new CrossfadeError(
        'too_many_recordings',
        `${MAX_TAPS} recordings are under way.`,
        'Wait until one of them has ended.',
      );
    const tap: TraceTap = new TraceTap({
      ...{ clock, recorder, sink, uids, forMs },
      redaction: new TraceRedaction(this.rules, fingerprint, withValues ? this.redacted : undefined),
      standings: () => this.standings(),
      ended: (ended) => {
        const left = new Set([...(this.taps ?? [])].filter((each) => each !== ended));
        this.taps = left.size === 0 ? undefined : left;
      },
    });
    this.taps = new Set([...(this.taps ?? []), tap]);
    return tap;
  }

  /** Ends every recording. */
  close(): void {
    for (const tap of this.taps ?? []) tap.stop();
  }

  forget(session: TappedSession): void {
    this.sessions.delete(session);
  }

  tell(standing: Standing): void {
    this.each((tap) => {
      tap.stands(standing);
    });
  }

  each(tell: (tap: TraceTap) => void): void {
    for (const tap of this.taps ?? []) {
      try {
        tell(tap);
      } catch (error) {
        this.parts.recorder.failed('trace', error);
      }
    }
  }

  private *standings(): Generator<Standing> {
    for (const session of this.sessions) yield* session.standings();
  }
}

/** Tells the comparison everything, and then whoever records. */
class TappedSession implements ComparisonSession {
  private readonly state: Record<Source, 'opening' | 'attached' | GapStart> = {
    legacy: 'opening',
    redis: 'opening',
  };
  private inHandover = false;

  constructor(
    private readonly topic: Topic,
    private readonly session: ComparisonSession,
    private readonly owner: TappedComparer,
  ) {}

  attached(source: Source): void {
    this.state[source] = 'attached';
    this.session.attached(source);
    this.owner.tell(this.standing(source));
  }

  detached(source: Source, gap: GapStart): void {
    this.state[source] = gap;
    this.session.detached(source, gap);
    this.owner.tell(this.standing(source));
  }

  arrived(event: UserEvent): void {
    this.session.arrived(event);
    if (this.owner.taps === undefined) return;
    this.owner.each((tap) => {
      tap.arrived(this.topic, event);
    });
  }

  handover(underway: boolean): void {
    this.inHandover = underway;
    this.session.handover(underway);
    this.owner.tell(this.handoverStanding());
  }

  end(): void {
    this.owner.forget(this);
    this.session.end();
    this.owner.tell({ source: 'redis', edge: 'begin', topic: this.topic, cause: 'closed' });
  }

  /** How its sources stand, where that is not as usual: both attached, and nobody moved. */
  *standings(): Generator<Standing> {
    if (!this.inHandover && SOURCES.every((source) => this.state[source] === 'attached')) return;
    yield { source: 'redis', edge: 'begin', topic: this.topic, cause: 'opening' };
    for (const source of SOURCES) if (this.state[source] !== 'opening') yield this.standing(source);
    if (this.inHandover) yield this.handoverStanding();
  }

  private standing(source: Source): Standing {
    const state = this.state[source];
    const { topic } = this;
    if (typeof state === 'object') return { source, edge: 'begin', topic, ...state };
    return { source, edge: 'end', topic, cause: 'link' };
  }

  private handoverStanding(): Standing {
    const edge = this.inHandover ? 'begin' : 'end';
    return { source: 'redis', edge, topic: this.topic, cause: 'handover' };
  }
}

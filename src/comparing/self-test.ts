import type { Clock } from '../contracts/clock.js';
import type { ComparisonSession } from '../contracts/comparer.js';
import type { SelfTestTally } from '../contracts/comparison-evidence.js';
import type { Recorder } from '../contracts/recorder.js';
import type { ComparisonClass } from '../domain/comparison.js';
import { typeLabel } from '../domain/event-type.js';
import type { GapStart } from '../domain/gap.js';
import { LIST_ITEMS } from '../domain/list.js';
import type { Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import { UserEvent } from '../domain/user-event.js';
import type { ComparingSettings } from './comparing-settings.js';
import { Rules } from './rules.js';
import type { RuleSettings } from './rule-settings.js';
import { StreamComparer } from './stream-comparer.js';

/** One of two independent subscriptions to the same source. */
export type SelfTestSide = 'first' | 'second';

/** Everything is compared, and no side has ways of its own. */
const RULES: readonly RuleSettings[] = [
  ...[...LIST_ITEMS].map(([type, items]) => ({ type, compare: 'list' as const, items })),
  { type: '*', compare: 'event' },
];

/**
 * Holds a source against itself (A/A). The two must agree: where they do not, the instrument is at fault, and
 * the share is to be shown beside the comparison's, never subtracted from it.
 */
export class SelfTest {
  private readonly comparer: StreamComparer;
  private readonly tallies = new Map<string, Map<ComparisonClass, number>>();

  /** @throws CrossfadeError `invalid_settings`; rules in the settings are not used */
  constructor(clock: Clock, recorder: Recorder, settings: ComparingSettings = {}) {
    this.comparer = new StreamComparer({
      clock,
      recorder: this.tallying(recorder),
      settings: { ...settings, samplesPerKind: 0, maxUsers: 0 },
      rules: new Rules([], RULES),
      sameSource: true,
    });
  }

  begin(topic: Topic): SelfTestSession {
    return new SelfTestSession(this.comparer.begin(topic));
  }

  /** By type; types that the contract does not name are one. */
  read(): readonly SelfTestTally[] {
    const sorted = [...this.tallies].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([type, byClass]) => {
      const agreed = byClass.get('matched') ?? 0;
      const all = [...byClass.values()].reduce((sum, count) => sum + count, 0);
      return { type, agreed, disagreed: all - agreed, byClass: Object.fromEntries(byClass) };
    });
  }

  close(): void {
    this.comparer.close();
  }

  private tallying(recorder: Recorder): Recorder {
    return {
      ...SILENT,
      compared: (outcome, type) => {
        const label = typeLabel(type);
        const tally = this.tallies.get(label) ?? new Map<ComparisonClass, number>();
        this.tallies.set(label, tally.set(outcome, (tally.get(outcome) ?? 0) + 1));
      },
      failed: (_operation, error) => {
        recorder.failed('self_test', error);
      },
    };
  }
}

/** The self-test of one topic, told by two subscriptions. No call throws. */
export class SelfTestSession {
  constructor(private readonly session: ComparisonSession) {}

  attached(side: SelfTestSide): void {
    this.session.attached(PLACES[side]);
  }

  detached(side: SelfTestSide, gap: GapStart): void {
    this.session.detached(PLACES[side], gap);
  }

  arrived(side: SelfTestSide, event: UserEvent): void {
    this.session.arrived(new UserEvent(event.envelope, PLACES[side], event.arrivedAtMs));
  }

  end(): void {
    this.session.end();
  }
}

const PLACES: Readonly<Record<SelfTestSide, Source>> = { first: 'legacy', second: 'redis' };

function nothing(): void {
  // What a self-test finds is no evidence about the two sources.
}

const SILENT: Recorder = {
  received: nothing,
  delivered: nothing,
  misrouted: nothing,
  unreadable: nothing,
  compared: nothing,
  excused: nothing,
  notCompared: nothing,
  late: nothing,
  lag: nothing,
  gap: nothing,
  handover: nothing,
  merged: nothing,
  resynced: nothing,
  canary: nothing,
  dropped: nothing,
  failed: nothing,
};

import type {
  CanaryChange,
  CohortWriter,
  FlagStanding,
  PercentChange,
  WriteMarker,
  WriteOutcome,
} from '../../src/contracts/cohort-writer.js';
import type { DecisionLog } from '../../src/contracts/decision-log.js';
import type { EvidenceReader } from '../../src/contracts/evidence-reader.js';
import type { Lease, LeaseGrant } from '../../src/contracts/lease.js';
import type { Notice, NoticeMessage } from '../../src/contracts/notice.js';
import type { LogEntry } from '../../src/domain/decision.js';
import type { Evidence } from '../../src/domain/evidence.js';
import type { Flag } from '../../src/domain/flag.js';
import type { ManualClock } from '../manual-clock.js';
import { evidence } from './evidence.js';

/** The world around a controller, which outlives it. Every call passes `at`, where a test may let it die or fail. */
export class FakeWorld {
  readonly entries: LogEntry[] = [];
  readonly notices: NoticeMessage[] = [];
  readonly percents: Record<Flag, number> = { compare: 0, serve: 0 };
  readonly canaries: Record<Flag, readonly string[]> = { compare: [], serve: [] };
  readonly markers: Partial<Record<Flag, WriteMarker>> = {};
  readonly writes: string[] = [];
  /** what the next reads of the evidence bring, on top of what is in force */
  changed: Partial<Evidence> = {};
  outcomes: Parameters<typeof evidence>[1] = { matched: 9999 };
  standingProblem: string | undefined;
  writeOutcome: WriteOutcome | undefined;
  canNameUsers = true;
  /** whether the home of the flags refuses an older token than the one it holds, as the port asks of a home that can */
  fences = true;
  holder = 1;
  leaseMs = 60_000;
  private newestToken = 0;
  /** called before and after each contact with the world */
  at: (where: string) => void | Promise<void> = () => undefined;

  constructor(readonly clock: ManualClock) {}

  /** A controller's ports, as the holder of this token. */
  ports(token: number): {
    lease: Lease;
    evidence: EvidenceReader;
    writer: CohortWriter;
    log: DecisionLog;
    notice: Notice;
    clock: ManualClock;
  } {
    return {
      lease: this.lease(token),
      evidence: { read: () => this.contact('evidence', () => this.read()) },
      writer: this.writer(),
      log: this.log(),
      notice: { tell: (message) => this.notices.push(message) },
      clock: this.clock,
    };
  }

  log(): DecisionLog {
    return {
      last: () => this.contact('log.last', () => this.entries.at(-1)),
      append: (entry) => this.contact(`log.${entry.event.kind}`, () => this.append(entry)),
      read: (from, limit) =>
        Promise.resolve(this.entries.filter(({ sequence }) => sequence >= from).slice(0, limit)),
    };
  }

  private lease(token: number): Lease {
    return {
      acquire: () =>
        this.contact('lease', (): LeaseGrant | undefined =>
          this.holder === token ? { token, validUntilMs: this.clock.elapsedMs() + this.leaseMs } : undefined,
        ),
      release: () => Promise.resolve(),
    };
  }

  private writer(): CohortWriter {
    return {
      standing: () => this.contact('standing', () => this.standing()),
      write: (change) => this.contact('write', () => this.write(change)),
      switchOff: () => Promise.resolve({ outcome: 'failed', problem: 'not here' }),
      ...(this.canNameUsers && {
        nameCanaries: (change: CanaryChange) => this.contact('name', () => this.name(change)),
      }),
    };
  }

  private standing(): FlagStanding {
    if (this.standingProblem !== undefined) return { known: false, problems: [this.standingProblem] };
    return {
      known: true,
      percents: { ...this.percents },
      ...(this.canNameUsers && { canaries: { ...this.canaries } }),
      markers: { ...this.markers },
    };
  }

  private write({ flag, from, to, marker }: PercentChange): WriteOutcome {
    if (this.writeOutcome !== undefined) return this.writeOutcome;
    const percent = this.percents[flag];
    if (percent === to) return { outcome: 'written', percent };
    const fenced = this.fences && marker !== undefined && marker.token < (this.markers[flag]?.token ?? 0);
    if (percent !== from || fenced)
      return { outcome: 'conflict', percent, problem: 'Somebody was there first.' };
    this.percents[flag] = to;
    if (marker !== undefined) this.markers[flag] = marker;
    this.writes.push(`${flag} ${from} -> ${to}`);
    return { outcome: 'written', percent: to };
  }

  private name({ flag, uids, marker }: CanaryChange): WriteOutcome {
    if (this.writeOutcome !== undefined) return this.writeOutcome;
    if (this.fences && marker !== undefined && marker.token < (this.markers[flag]?.token ?? 0)) {
      return { outcome: 'conflict', percent: this.percents[flag], problem: 'A newer holder was there.' };
    }
    if (this.canaries[flag].join() !== uids.join()) this.writes.push(`${flag} names ${uids.join(' ')}`);
    this.canaries[flag] = uids;
    if (marker !== undefined) this.markers[flag] = marker;
    return { outcome: 'written', percent: this.percents[flag] };
  }

  private append(entry: LogEntry): 'appended' | 'taken' | 'fenced' {
    if (entry.token !== undefined && entry.token < this.newestToken) return 'fenced';
    if (entry.sequence !== this.entries.length + 1) return 'taken';
    this.newestToken = entry.token ?? this.newestToken;
    // As a real record would: what cannot be written as JSON is lost.
    this.entries.push(JSON.parse(JSON.stringify(entry)) as LogEntry);
    return 'appended';
  }

  private read(): Evidence {
    const { compare, serve } = this.percents;
    const inForce = { comparePercent: compare, servePercent: serve, forMs: 1e12, flagAgeMs: 500 };
    const readAtMs = this.clock.nowMs();
    return evidence({ readAtMs, inForce, ...this.changed }, this.outcomes);
  }

  private async contact<Value>(where: string, act: () => Value): Promise<Value> {
    await this.at(`before ${where}`);
    const value = act();
    await this.at(`after ${where}`);
    return value;
  }
}

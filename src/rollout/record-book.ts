import type { Clock } from '../contracts/clock.js';
import type { DecisionLog } from '../contracts/decision-log.js';
import type { LogEntry, RolloutEvent, RolloutState } from '../domain/decision.js';
import type { Reason } from '../domain/verdict.js';
import { beginning, entryAfter } from './next-state.js';

/** Ends a look early, with nothing lost: the next one begins from the record. */
export class LookEnded extends Error {
  override readonly name = 'LookEnded';

  constructor(readonly reason: Reason) {
    super(reason.detail ?? reason.code);
  }
}

/** The record during one look: what stands in it last, and what the look adds. */
export class RecordBook {
  private constructor(
    private readonly log: DecisionLog,
    private readonly clock: Clock,
    private readonly token: number,
    private last: LogEntry | undefined,
    private current: RolloutState,
  ) {}

  /** @throws LookEnded `log_unavailable` */
  static async open(log: DecisionLog, clock: Clock, token: number, planHash: string): Promise<RecordBook> {
    const last = await reached(log.last());
    return new RecordBook(log, clock, token, last, last?.state ?? beginning(planHash, clock.nowMs()));
  }

  get state(): RolloutState {
    return this.current;
  }

  get lastEvent(): RolloutEvent | undefined {
    return this.last?.event;
  }

  /** The number that the next entry will have. */
  get nextSequence(): number {
    return (this.last?.sequence ?? 0) + 1;
  }

  /**
   * Adds an event and moves on to the state after it.
   * @throws LookEnded `log_unavailable` where the record cannot be reached, `lease_lost` where somebody with a
   * newer token has written, `lease_elsewhere` where a person or another replica was quicker
   */
  async record(event: RolloutEvent, actor = 'controller'): Promise<void> {
    const by = { actor, token: this.token, nowMs: this.clock.nowMs() };
    const entry = entryAfter(this.last, this.current, event, by);
    const outcome = await reached(this.log.append(entry));
    if (outcome === 'fenced') {
      throw new LookEnded({ code: 'lease_lost', detail: 'A newer holder has written to the record.' });
    }
    if (outcome === 'taken') {
      throw new LookEnded({ code: 'lease_elsewhere', detail: 'Somebody wrote to the record meanwhile.' });
    }
    this.last = entry;
    this.current = entry.state;
  }
}

async function reached<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    throw new LookEnded({ code: 'log_unavailable', detail: textOf(error) });
  }
}

/** What an error says, for a person. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

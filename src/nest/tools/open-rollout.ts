import type { Clock } from '../../contracts/clock.js';
import type { EvidenceReader } from '../../contracts/evidence-reader.js';
import { SystemClock } from '../../coordination/system-clock.js';
import type { LogEntry, PersonEvent, RolloutState } from '../../domain/decision.js';
import { CrossfadeError } from '../../domain/errors.js';
import type { Evidence } from '../../domain/evidence.js';
import type { Plan } from '../../domain/plan.js';
import type { Verdict } from '../../domain/verdict.js';
import { fingerprint } from '../../rollout/fingerprint.js';
import { judge } from '../../rollout/judge.js';
import { beginning } from '../../rollout/next-state.js';
import { say, type OperatorOutcome } from '../../rollout/operator.js';
import { gateAt, stepOf } from '../../rollout/position.js';
import { checkRetirement, type RetireCheck } from '../../rollout/retire-check.js';
import type { Settings } from '../settings.js';
import type { SeenUsers } from './outlook.js';
import { readPlanFile } from './plan-file.js';
import { propose, type ActionWish, type Proposal, type RolloutAction } from './propose.js';
import { fleetEvidenceFor, openRolloutHome, type RolloutHome } from './rollout-home.js';

/** Where a rollout stands, for a person. */
export interface RolloutStatus {
  readonly plan: {
    readonly name: string;
    readonly origin: string;
    readonly hash: string;
    readonly steps: number;
  };
  readonly state: RolloutState;
  /** of the last look; left out before the first */
  readonly last?: { readonly atMs: number; readonly verdict: Verdict; readonly evidenceHash: string };
  /** of the fleet by the last evidence; left out where none was recorded */
  readonly users?: FleetUsers;
}

export interface FleetUsers {
  readonly connected: number;
  readonly served: number;
}

/** One look judged again by another plan. */
export interface ReplayedLook {
  readonly sequence: number;
  readonly atMs: number;
  readonly stepIndex: number;
  readonly was: Verdict;
  /** left out where the other plan has no such step */
  readonly would?: Verdict;
}

/** Which part of the record is wanted. */
export interface PageWish {
  readonly before?: number;
  readonly limit: number;
  readonly looks: boolean;
}

export interface RecordPage {
  readonly entries: readonly LogEntry[];
  readonly next?: number;
}

const READ_AT_ONCE = 500;
/** so that one question reads 10,000 entries at most */
const MOST_READS = 20;

/** The rollout as a person's commands need it: reads the record, and writes orders into it. Close it after use. */
export class Rollout {
  private constructor(
    readonly plan: Plan,
    private readonly origin: string,
    private readonly home: RolloutHome,
    private readonly evidence: EvidenceReader | undefined,
    private readonly clock: Clock,
  ) {}

  /** @throws CrossfadeError `invalid_settings`, or `record_unreachable` */
  static async open(settings: Settings): Promise<Rollout> {
    const clock = new SystemClock();
    const home = await openRolloutHome(settings, clock);
    try {
      await home.log.last();
    } catch (error) {
      await home.close();
      const reason = error instanceof Error ? error.message : String(error);
      const cure = 'See to the Redis or Valkey, or to CROSSFADE_CONTROL_FOLDER.';
      throw new CrossfadeError('record_unreachable', `The record cannot be reached (${reason}).`, cure);
    }
    return Rollout.at(home, settings, clock);
  }

  /** The rollout that is kept at a home which is open already; the plan is read anew. @throws CrossfadeError `invalid_settings` */
  static async at(home: RolloutHome, settings: Settings, clock: Clock): Promise<Rollout> {
    const { plan, origin } = await readPlanFile(settings.control.planFile);
    return new Rollout(plan, origin, home, fleetEvidenceFor(settings, clock), clock);
  }

  async status(): Promise<RolloutStatus> {
    const { plan, origin } = this;
    const last = await this.home.log.last();
    const [look, users] = [await this.lastLook(last), await this.users()];
    return {
      plan: { name: plan.name, origin, hash: fingerprint(plan), steps: plan.steps.length },
      state: last?.state ?? beginning(fingerprint(plan), this.clock.nowMs()),
      ...(look && { last: look }),
      ...(users && { users }),
    };
  }

  /** Records what a person says, and where from; the controller acts on it at its next look. */
  say(actor: string, event: PersonEvent, from?: string): Promise<OperatorOutcome> {
    return say({ log: this.home.log, clock: this.clock }, this.plan, actor, event, from);
  }

  /** What a wish means in this state, for the users of the last evidence unless others are given. */
  async propose(
    state: RolloutState,
    action: RolloutAction,
    wish: ActionWish = {},
    seen?: SeenUsers,
  ): Promise<Proposal> {
    return propose(this.plan, state, action, wish, seen ?? (await this.seenUsers()));
  }

  /** The users of the last evidence; undefined before the first. */
  async seenUsers(): Promise<SeenUsers | undefined> {
    return (await this.lastEvidence())?.delivery;
  }

  /** Users of the fleet by the last evidence; undefined where none was recorded. */
  async users(): Promise<FleetUsers | undefined> {
    const delivery = (await this.lastEvidence())?.delivery;
    return delivery && { connected: delivery.connectedUsers, served: delivery.servedUsers };
  }

  history(fromSequence: number, limit: number): Promise<readonly LogEntry[]> {
    return this.home.log.read(fromSequence, limit);
  }

  /**
   * The newest entries before a sequence number, newest first, at most `limit`; the looks only where they are wanted.
   * `next` is where to go on; left out at the beginning of the record.
   */
  async page({ before, limit, looks }: PageWish): Promise<RecordPage> {
    const last = await this.home.log.last();
    const entries: LogEntry[] = [];
    let end = Math.min(before ?? Infinity, (last?.sequence ?? 0) + 1);
    for (let reads = 0; end > 1 && entries.length < limit && reads < MOST_READS; reads++) {
      const start = Math.max(1, end - READ_AT_ONCE);
      const read = (await this.home.log.read(start, end - start)).filter(({ sequence }) => sequence < end);
      const wanted = looks ? read : read.filter(isNoLook);
      entries.push(...wanted.toReversed().slice(0, limit - entries.length));
      end = entries.length === limit ? (entries.at(-1)?.sequence ?? start) : start;
    }
    return { entries, ...(end > 1 && { next: end }) };
  }

  /** Every recorded look, judged by another plan. @throws CrossfadeError `invalid_settings` */
  async replay(otherPlan: string): Promise<readonly ReplayedLook[]> {
    const { plan } = await readPlanFile(otherPlan);
    const looks: ReplayedLook[] = [];
    for await (const { sequence, atMs, event, state } of this.entries()) {
      if (event.kind !== 'looked' || event.evidence === undefined) continue;
      const stepIndex = stepOf(plan, state.targets);
      const soakedMs = event.watch.soakedMs;
      const would =
        stepIndex === undefined
          ? undefined
          : judge({
              plan,
              gate: gateAt(plan, stepIndex),
              targets: state.targets,
              evidence: event.evidence,
              soakedMs,
            });
      looks.push({ sequence, atMs, stepIndex: state.stepIndex, was: event.verdict, ...(would && { would }) });
    }
    return looks;
  }

  /** Whether legacy can be taken out of the backend. */
  async retirement(): Promise<RetireCheck> {
    const { state } = await this.status();
    const { targets, appliedAtMs: sinceMs, changedAfterMs = 0 } = state;
    const question = { targets, sinceMs, changedAfterMs };
    const evidence = await this.evidence?.read(question).catch(() => undefined);
    return checkRetirement(this.plan, state, evidence ?? (await this.lastEvidence()));
  }

  close(): Promise<void> {
    return this.home.close();
  }

  private async *entries(): AsyncGenerator<LogEntry> {
    for (let from = 1; ;) {
      const page = await this.home.log.read(from, 500);
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      from = last.sequence + 1;
    }
  }

  private async recent(last: LogEntry | undefined): Promise<readonly LogEntry[]> {
    if (last === undefined) return [];
    return (await this.home.log.read(Math.max(1, last.sequence - 50), 51)).toReversed();
  }

  private async lastLook(last: LogEntry | undefined): Promise<RolloutStatus['last']> {
    for (const { atMs, event } of await this.recent(last))
      if (event.kind === 'looked') return { atMs, verdict: event.verdict, evidenceHash: event.evidenceHash };
    return undefined;
  }

  private async lastEvidence(): Promise<Evidence | undefined> {
    for (const { event } of await this.recent(await this.home.log.last()))
      if ((event.kind === 'looked' || event.kind === 'intended') && event.evidence !== undefined)
        return event.evidence;
    return undefined;
  }
}

function isNoLook({ event }: LogEntry): boolean {
  return event.kind !== 'looked' && event.kind !== 'hold_told';
}

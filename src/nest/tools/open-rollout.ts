import type { EvidenceReader } from '../../contracts/evidence-reader.js';
import { SystemClock } from '../../coordination/system-clock.js';
import { sameTarget } from '../../domain/cohort-target.js';
import type { LogEntry, PersonEvent, RolloutState } from '../../domain/decision.js';
import { CrossfadeError } from '../../domain/errors.js';
import type { Evidence } from '../../domain/evidence.js';
import type { Plan } from '../../domain/plan.js';
import type { Verdict } from '../../domain/verdict.js';
import { fingerprint } from '../../rollout/fingerprint.js';
import { judge } from '../../rollout/judge.js';
import { beginning } from '../../rollout/next-state.js';
import { say, type OperatorOutcome } from '../../rollout/operator.js';
import { gateAt, stepOf, targetsAt } from '../../rollout/position.js';
import { checkRetirement, type RetireCheck } from '../../rollout/retire-check.js';
import type { Settings } from '../settings.js';
import { readPlanFile } from './plan-file.js';
import { fleetEvidenceFor, openRolloutHome } from './rollout-home.js';

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

/** The rollout as a person's commands need it: reads the record, and writes orders into it. Close it after use. */
export class Rollout {
  private constructor(
    private readonly plan: Plan,
    private readonly origin: string,
    private readonly home: Awaited<ReturnType<typeof openRolloutHome>>,
    private readonly evidence: EvidenceReader | undefined,
    private readonly clock: SystemClock,
  ) {}

  /** @throws CrossfadeError `invalid_settings`, or `record_unreachable` */
  static async open(settings: Settings): Promise<Rollout> {
    const clock = new SystemClock();
    const { plan, origin } = await readPlanFile(settings.control.planFile);
    const home = await openRolloutHome(settings, clock);
    try {
      await home.log.last();
    } catch (error) {
      await home.close();
      const reason = error instanceof Error ? error.message : String(error);
      const cure = 'See to the Redis or Valkey, or to CROSSFADE_CONTROL_FOLDER.';
      throw new CrossfadeError('record_unreachable', `The record cannot be reached (${reason}).`, cure);
    }
    return new Rollout(plan, origin, home, fleetEvidenceFor(settings, clock), clock);
  }

  async status(): Promise<RolloutStatus> {
    const { plan, origin } = this;
    const last = await this.home.log.last();
    const look = await this.lastLook(last);
    return {
      plan: { name: plan.name, origin, hash: fingerprint(plan), steps: plan.steps.length },
      state: last?.state ?? beginning(fingerprint(plan), this.clock.nowMs()),
      ...(look && { last: look }),
    };
  }

  /** Records what a person says; the controller acts on it at its next look. */
  say(actor: string, event: PersonEvent): Promise<OperatorOutcome> {
    return say({ log: this.home.log, clock: this.clock }, this.plan, actor, event);
  }

  /** The step whose serve percentage this is; undefined where none is. Without one: the next step. */
  stepFor(state: RolloutState, percent: number | undefined): number | undefined {
    if (percent === undefined)
      return state.stepIndex + 1 < this.plan.steps.length ? state.stepIndex + 1 : undefined;
    const index = this.plan.steps.findIndex(
      ({ change }) => change.flag === 'serve' && 'percent' in change && change.percent === percent,
    );
    return index === -1 ? undefined : index;
  }

  /** The last step before this one that serves fewer; -1 where there is none. */
  stepBefore(state: RolloutState): number {
    const { serve } = state.targets;
    for (let index = state.stepIndex - 1; index >= 0; index--)
      if (!sameTarget(targetsAt(this.plan, index).serve, serve)) return index;
    return -1;
  }

  /** What a step would make of the percentages, and how many of the connected users that is by the last evidence. */
  async preview(state: RolloutState, step: number, kind?: 'roll_back'): Promise<string> {
    const wanted = targetsAt(this.plan, step);
    // A roll-back lowers serve and never compare.
    const to = kind === undefined ? wanted : { ...wanted, compare: state.targets.compare };
    const { connectedUsers, servedUsers } = (await this.lastEvidence())?.delivery ?? {};
    const percents = `compare ${state.targets.compare.percent} % → ${to.compare.percent} %, serve ${state.targets.serve.percent} % → ${to.serve.percent} %`;
    if (connectedUsers === undefined || servedUsers === undefined)
      return `${percents}; how many users that is, is not known`;
    const after = Math.round((connectedUsers * to.serve.percent) / 100);
    return `${percents}; of ${connectedUsers} connected users Redis serves ${servedUsers}, afterwards about ${after}`;
  }

  /** Users of the fleet by the last evidence; undefined where none was recorded. */
  async users(): Promise<{ readonly connected: number; readonly served: number } | undefined> {
    const delivery = (await this.lastEvidence())?.delivery;
    return delivery && { connected: delivery.connectedUsers, served: delivery.servedUsers };
  }

  history(fromSequence: number, limit: number): Promise<readonly LogEntry[]> {
    return this.home.log.read(fromSequence, limit);
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

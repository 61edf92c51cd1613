import type { CohortTarget } from '../../domain/cohort-target.js';
import type { RolloutState } from '../../domain/decision.js';
import type { Gate, Plan, PlanStep } from '../../domain/plan.js';
import type { ReasonCode, Severity, VerdictKind, VerdictNumbers } from '../../domain/verdict.js';
import { decisionText, reasonText } from '../../coordination/notice-text.js';
import { targetsAt } from '../../rollout/position.js';
import type { Rollout } from '../tools/open-rollout.js';
import type { Outlook, SeenUsers } from '../tools/outlook.js';
import { rollbackSteps, type ActionWish, type RolloutAction } from '../tools/propose.js';

/** Where the rollout stands, for a person and for the console. Steps count from 1; 0 is before the first. */
export interface RolloutReport {
  readonly plan: {
    readonly name: string;
    /** the plan's file, or `default` */
    readonly origin: string;
    readonly hash: string;
    readonly steps: readonly PlanLine[];
  };
  readonly step: number;
  readonly compare: CohortTarget;
  readonly serve: CohortTarget;
  /** when the percentages came in force, milliseconds since 1970 */
  readonly sinceMs: number;
  /** of how many users the last evidence, or this replica where there is none, knows */
  readonly users: SeenUsers;
  /** of the last look; left out before the first */
  readonly last?: LastLook;
  /** everything that somebody has to do before it goes on, each a sentence */
  readonly waitsFor: readonly string[];
  /** what a person may do now, and what comes of it */
  readonly offers: Readonly<Record<RolloutAction, Offer>>;
  /** every step that a roll-back can go to, the nearest first */
  readonly rollbacks: readonly OfferedStep[];
}

/** One step of the plan. */
export interface PlanLine {
  readonly number: number;
  readonly compare: number;
  readonly serve: number;
  /** how many users are picked by name */
  readonly named: number;
  readonly gate: Gate;
}

/** What a controller found when it looked last. */
export interface LastLook {
  readonly atMs: number;
  readonly kind: VerdictKind;
  readonly severity: Severity;
  /** the first is the one to act on */
  readonly reasons: readonly { readonly code: ReasonCode; readonly text: string }[];
  readonly numbers: VerdictNumbers;
  readonly evidenceHash: string;
}

/** Whether an action would be taken now. */
export type Offer =
  | { readonly open: true; readonly evidence?: string; readonly outlook?: OfferedStep }
  | { readonly open: false; readonly problem: string };

/** What an action would make of the percentages and of the users; `toStep` is to be sent with it. */
export type OfferedStep = Outlook;

const ACTIONS = [
  'approve',
  'pause',
  'resume',
  'widen',
  'rollback',
] as const satisfies readonly RolloutAction[];

/** @param here the users of this replica, where no evidence is recorded */
export async function rolloutReport(rollout: Rollout, here: SeenUsers): Promise<RolloutReport> {
  const { plan } = rollout;
  const { plan: about, state, last } = await rollout.status();
  const users = (await rollout.seenUsers()) ?? here;
  const offer = async (action: RolloutAction, wish: ActionWish = {}): Promise<Offer> => {
    const proposal = await rollout.propose(state, action, wish, users);
    if (!proposal.ok) return { open: false, problem: proposal.problem };
    const { event, outlook } = proposal;
    const evidence = event.kind === 'approved' ? { evidence: event.evidenceHash } : {};
    return { open: true, ...evidence, ...(outlook && { outlook: counted(outlook) }) };
  };
  const offers = Object.fromEntries(
    await Promise.all(ACTIONS.map(async (action) => [action, await offer(action)] as const)),
  ) as Record<RolloutAction, Offer>;
  const back = await Promise.all(rollbackSteps(plan, state).map((toStep) => offer('rollback', { toStep })));
  return {
    plan: { ...about, steps: plan.steps.map((step, index) => lineOf(plan, step, index)) },
    step: state.stepIndex + 1,
    ...{ compare: state.targets.compare, serve: state.targets.serve, sinceMs: state.appliedAtMs, users },
    ...(last && { last: lookOf(last) }),
    ...{ waitsFor: waitsFor(state), offers },
    rollbacks: back.flatMap((each) => (each.open && each.outlook ? [each.outlook] : [])),
  };
}

/** As people count. */
function counted(outlook: Outlook): OfferedStep {
  return { ...outlook, toStep: outlook.toStep + 1 };
}

function lineOf(plan: Plan, { gate }: PlanStep, index: number): PlanLine {
  const { compare, serve } = targetsAt(plan, index);
  const named = Math.max(compare.canaries.length, serve.canaries.length);
  return { number: index + 1, compare: compare.percent, serve: serve.percent, named, gate };
}

function lookOf({
  atMs,
  verdict,
  evidenceHash,
}: NonNullable<Awaited<ReturnType<Rollout['status']>>['last']>): LastLook {
  const { kind, severity, reasons, numbers } = verdict;
  const told = reasons.map((reason) => ({ code: reason.code, text: reasonText(reason) }));
  return { atMs, kind, severity, reasons: told, numbers, evidenceHash };
}

function waitsFor({ awaiting, paused, stopped, latch, handEdit, order, intent }: RolloutState): string[] {
  return [
    ...(awaiting === undefined ? [] : [`Somebody has to approve the evidence ${awaiting.evidenceHash}.`]),
    ...(stopped === undefined ? [] : [`${stopped.actor} has stopped it: start it.`]),
    ...(paused === undefined ? [] : [`${paused.actor} has paused it: resume it.`]),
    ...(latch === undefined ? [] : ['It was rolled back: resume it, or let the plan’s cool-down pass.']),
    ...(handEdit === undefined
      ? []
      : ['The flags were set by hand: resume it to go on from them as they are.']),
    ...(order === undefined
      ? []
      : [`The controller has to carry out what ${order.actor} ordered: step ${order.toStep + 1}.`]),
    ...(intent === undefined ? [] : [`Under way: ${decisionText(intent)}`]),
  ];
}

import type { Clock } from '../contracts/clock.js';
import type { CohortWriter, WriteOutcome } from '../contracts/cohort-writer.js';
import type { DecisionLog } from '../contracts/decision-log.js';
import type { EvidenceReader } from '../contracts/evidence-reader.js';
import type { KillSwitch } from '../contracts/kill-switch.js';
import type { Lease, LeaseGrant } from '../contracts/lease.js';
import type { Notice } from '../contracts/notice.js';
import { sameTarget, type Move } from '../domain/cohort-target.js';
import type { Decision, RolloutState, Watch } from '../domain/decision.js';
import type { Evidence } from '../domain/evidence.js';
import type { Plan } from '../domain/plan.js';
import type { Reason, Verdict } from '../domain/verdict.js';
import { notInForce } from './doubts.js';
import { fingerprint } from './fingerprint.js';
import { holdFor, judge, verdictOf } from './judge.js';
import { isWellClear } from './ladder.js';
import { setCourse, type Course, type CourseStep } from './next-move.js';
import { gateAt, stepOf, stepServing } from './position.js';
import { LookEnded, RecordBook, textOf } from './record-book.js';
import { settle } from './settle.js';
import { heedStop } from './heed-stop.js';
import { disturbed, watchOn } from './watch.js';
import { writeMove } from './write-move.js';

/** The world, as the controller needs it. */
export interface ControllerPorts {
  readonly lease: Lease;
  readonly evidence: EvidenceReader;
  readonly writer: CohortWriter;
  readonly log: DecisionLog;
  readonly notice: Notice;
  readonly clock: Clock;
  /** what stops the fleet: the record follows it; left out where nothing is heard of that */
  readonly killSwitch?: Pick<KillSwitch, 'state'>;
}

export interface ControllerSettings {
  readonly plan: Plan;
  /** looks further apart than this have not watched what was between them, ms; default 5 minutes */
  readonly maxApartMs?: number;
  /** a hold that lasts so long is told, ms; default 1 hour */
  readonly holdNoticeMs?: number;
}

/** What one look came to. */
export type LookOutcome =
  /** this controller has nothing to say: another holds the lease, or the record cannot be reached */
  | { readonly kind: 'idle'; readonly reason: Reason }
  | { readonly kind: 'looked'; readonly verdict: Verdict; readonly state: RolloutState }
  | { readonly kind: 'decided'; readonly decision: Decision; readonly state: RolloutState };

const DEFAULT_MAX_APART_MS = 300_000;
const DEFAULT_HOLD_NOTICE_MS = 3_600_000;

/**
 * The loop, one turn at a time: lease → read evidence → judge → write percentage → verify → record. It keeps
 * nothing between turns: what it must know is in the flags, the evidence and the record, so that one that is
 * killed anywhere is followed by another that skips nothing and repeats nothing. What is to be written is
 * recorded before and after: an intent that is found open was either written, which the flags tell, or not.
 */
export class Controller {
  private readonly planHash: string;

  constructor(
    private readonly ports: ControllerPorts,
    private readonly settings: ControllerSettings,
  ) {
    this.planHash = fingerprint(settings.plan);
  }

  /** One turn; never rejects. To be called again and again, not at the same time. */
  async look(): Promise<LookOutcome> {
    try {
      const grant = await this.ports.lease.acquire().catch((error: unknown) => {
        throw new LookEnded({ code: 'lease_lost', detail: textOf(error) });
      });
      if (grant === undefined) return { kind: 'idle', reason: { code: 'lease_elsewhere' } };
      return await this.lookWith(grant);
    } catch (error) {
      if (error instanceof LookEnded) return { kind: 'idle', reason: error.reason };
      return { kind: 'idle', reason: { code: 'judge_failed', detail: textOf(error) } };
    }
  }

  private async lookWith(grant: LeaseGrant): Promise<LookOutcome> {
    const { log, clock, writer } = this.ports;
    const book = await RecordBook.open(log, clock, grant.token, this.planHash);
    const standing = await writer.standing();
    if (!standing.known) {
      const detail = standing.problems.join(' ');
      return this.recordLook(book, holdFor({ code: 'flags_unreadable', detail }), this.unwatched(book.state));
    }
    this.tellSettled(await settle(book, writer, standing, this.settings.plan, grant.token));
    await heedStop(book, this.ports.killSwitch?.state());
    await this.keepToPlan(book);
    return this.decide(book, grant);
  }

  /** The plan may have been changed since: the same people are in, other gates hold, approvals lapse. */
  private async keepToPlan(book: RecordBook): Promise<void> {
    const { planHash, targets } = book.state;
    if (planHash === this.planHash) return;
    const { plan } = this.settings;
    const stepIndex = stepOf(plan, targets) ?? stepServing(plan, targets);
    await book.record({ kind: 'plan_changed', planHash: this.planHash, stepIndex });
  }

  private async decide(book: RecordBook, grant: LeaseGrant): Promise<LookOutcome> {
    const { plan } = this.settings;
    const { state } = book;
    const seen = await this.see(state);
    const course = setCourse(plan, state, seen.judged, this.ports.clock.nowMs());
    const step = stepToTake(course, state.intent);
    if (step === undefined) {
      await this.abandonIntent(book);
      return this.recordLook(book, course.verdict, seen.watch, seen.evidence);
    }
    const decision = await this.intend(book, { ...course, step }, seen);
    return this.carryOut(book, grant, decision, seen);
  }

  /** Reads the evidence and judges it. */
  private async see(state: RolloutState): Promise<Seen> {
    const { evidence: reader, clock } = this.ports;
    const { plan, maxApartMs = DEFAULT_MAX_APART_MS } = this.settings;
    const { targets, stepIndex, appliedAtMs: sinceMs, changedAfterMs = 0 } = state;
    let evidence: Evidence;
    try {
      evidence = await reader.read({ targets, sinceMs, changedAfterMs });
    } catch (error) {
      const judged = holdFor({ code: 'evidence_unreadable', detail: textOf(error) });
      return { judged, watch: this.unwatched(state), evidence: undefined };
    }
    const inForceForMs = notInForce({ targets, evidence }).length === 0 ? evidence.inForce.forMs : 0;
    const watch = watchOn(state.watch, { nowMs: clock.nowMs(), inForceForMs, maxApartMs });
    const gate = gateAt(plan, stepIndex);
    const judged = judge({ plan, gate, targets, evidence, soakedMs: watch.soakedMs });
    return { judged, watch: isWellClear(judged) ? watch : disturbed(watch), evidence };
  }

  /** A look without evidence has watched nothing: the next one counts from none. */
  private unwatched({ watch }: RolloutState): Watch {
    const { soakedMs, cooledMs } = watch;
    return { soakedMs, cooledMs, clearMs: 0 };
  }

  private async abandonIntent(book: RecordBook): Promise<void> {
    const { intent } = book.state;
    if (intent === undefined) return;
    const why = 'The verdict has changed before it was written.';
    await book.record({ kind: 'abandoned', decisionId: intent.id, why });
  }

  /** Records what is going to be written, unless it was recorded by one who did not live to write it. */
  private async intend(
    book: RecordBook,
    course: Course & { step: CourseStep },
    seen: Seen,
  ): Promise<Decision> {
    const { intent, stepIndex } = book.state;
    const { kind, move, toStep, actor = 'controller' } = course.step;
    if (intent !== undefined && isSameMove(intent.move, move)) return intent;
    await this.abandonIntent(book);
    const decision: Decision = Object.freeze({
      id: `d${book.nextSequence}`,
      atMs: this.ports.clock.nowMs(),
      kind,
      fromStep: stepIndex,
      toStep,
      move,
      verdict: course.verdict,
      evidenceHash: hashOf(seen.evidence),
      planHash: this.planHash,
      ...(seen.evidence && { touched: touchedBy(seen.evidence) }),
      actor,
    });
    const { watch, evidence } = seen;
    await book.record({ kind: 'intended', decision, watch, ...(evidence && { evidence }) }, actor);
    return decision;
  }

  private async carryOut(
    book: RecordBook,
    { token, validUntilMs }: LeaseGrant,
    decision: Decision,
    seen: Seen,
  ): Promise<LookOutcome> {
    if (this.ports.clock.elapsedMs() >= validUntilMs) {
      throw new LookEnded({ code: 'lease_lost', detail: 'The lease ran out before the write.' });
    }
    const written = await writeMove(this.ports.writer, decision.move, { token, decisionId: decision.id });
    if (written.outcome === 'written') {
      await book.record({ kind: 'applied', decision });
      this.ports.notice.tell({ kind: 'decision', decision });
      return { kind: 'decided', decision, state: book.state };
    }
    if (written.outcome === 'conflict') await this.abandonIntent(book);
    const verdict = verdictOf(
      'hold',
      decision.verdict.severity,
      [unwritten(written)],
      decision.verdict.numbers,
    );
    return this.recordLook(book, verdict, seen.watch, seen.evidence);
  }

  private async recordLook(
    book: RecordBook,
    verdict: Verdict,
    watch: Watch,
    evidence?: Evidence,
  ): Promise<LookOutcome> {
    const evidenceHash = hashOf(evidence);
    await book.record({ kind: 'looked', verdict, evidenceHash, watch, ...(evidence && { evidence }) });
    const { hold } = book.state;
    const { holdNoticeMs = DEFAULT_HOLD_NOTICE_MS } = this.settings;
    if (hold?.told === false && this.ports.clock.nowMs() - hold.sinceMs >= holdNoticeMs) {
      await book.record({ kind: 'hold_told' });
      this.ports.notice.tell({ kind: 'hold', verdict, sinceMs: hold.sinceMs });
    }
    return { kind: 'looked', verdict, state: book.state };
  }

  private tellSettled(settled: Awaited<ReturnType<typeof settle>>): void {
    const { notice } = this.ports;
    if (settled.kind === 'applied') notice.tell({ kind: 'decision', decision: settled.decision });
    if (settled.kind === 'hand_edited') {
      const { compare, serve } = settled.found;
      const detail = `Somebody set compare to ${compare.percent} and serve to ${serve.percent}; nothing widens until it is resumed.`;
      notice.tell({ kind: 'hand_edit', detail });
    }
    if (settled.kind === 'undone') {
      notice.tell({
        kind: 'hand_edit',
        detail: 'A write of a controller that had lost its lease was undone.',
      });
    }
  }
}

interface Seen {
  readonly judged: Verdict;
  readonly watch: Watch;
  readonly evidence: Evidence | undefined;
}

/** A roll-back that was decided is carried out, whatever the next look would say; only a steeper one replaces it. */
function stepToTake({ step }: Course, intent: Decision | undefined): CourseStep | undefined {
  if (intent?.kind !== 'roll_back' || step?.kind === 'roll_back') return step;
  const { kind, move, toStep, actor } = intent;
  return { kind, move, toStep, actor };
}

function touchedBy({ delivery, since }: Evidence): { users: number; events: number } {
  return { users: delivery.servedUsers, events: since.age.redis.count };
}

function isSameMove(a: Move, b: Move): boolean {
  return a.flag === b.flag && sameTarget(a.from, b.from) && sameTarget(a.to, b.to);
}

function hashOf(evidence: Evidence | undefined): string {
  return evidence === undefined ? '' : fingerprint(evidence);
}

function unwritten(written: Exclude<WriteOutcome, { outcome: 'written' }>): Reason {
  switch (written.outcome) {
    case 'proposed':
      return { code: 'write_proposed', detail: written.problem };
    case 'conflict':
    case 'failed':
      return { code: 'write_failed', detail: written.problem };
  }
}

import type { CohortWriter, FlagStanding } from '../contracts/cohort-writer.js';
import {
  afterMove,
  sameTarget,
  sameTargets,
  type CohortTarget,
  type Move,
  type Targets,
} from '../domain/cohort-target.js';
import type { Decision } from '../domain/decision.js';
import { FLAGS, type Flag } from '../domain/flag.js';
import type { Plan } from '../domain/plan.js';
import { differences, stepOf, stepServing } from './position.js';
import type { RecordBook } from './record-book.js';
import { writeMove } from './write-move.js';

export type KnownStanding = Extract<FlagStanding, { known: true }>;

/** What was found that a person should hear of. */
export type Settled =
  | { readonly kind: 'as_recorded' }
  | { readonly kind: 'applied'; readonly decision: Decision }
  | { readonly kind: 'hand_edited'; readonly found: Targets }
  | { readonly kind: 'undone'; readonly found: Targets };

/** Brings the record and the flags together before anything new is decided, whoever died in the middle of what. */
export async function settle(
  book: RecordBook,
  writer: CohortWriter,
  standing: KnownStanding,
  plan: Plan,
  token: number,
): Promise<Settled> {
  const found = targetsOf(standing, book.state.targets);
  const { intent, targets } = book.state;
  if (intent !== undefined) {
    if (sameTargets(found, afterMove(targets, intent.move))) {
      await book.record({ kind: 'applied', decision: intent });
      return { kind: 'applied', decision: intent };
    }
    if (isUnderway(found, targets, intent.move)) return { kind: 'as_recorded' };
    const why = 'The flags were moved by another hand.';
    await book.record({ kind: 'abandoned', decisionId: intent.id, why });
  }
  if (sameTargets(found, targets)) return { kind: 'as_recorded' };
  if (isStale(book, standing, found, token)) return undo(book, writer, found, token);
  const stepIndex = stepOf(plan, found) ?? stepServing(plan, found);
  await book.record({ kind: 'hand_edited', found, stepIndex });
  return { kind: 'hand_edited', found };
}

/** Users picked by name are taken as recorded where the flags' home cannot tell. */
export function targetsOf({ percents, canaries }: KnownStanding, recorded: Targets): Targets {
  const target = (flag: Flag): CohortTarget => ({
    percent: percents[flag],
    canaries: canaries === undefined ? recorded[flag].canaries : canaries[flag],
  });
  return { compare: target('compare'), serve: target('serve') };
}

/** Whether a move has not begun or is half done: the names written, the percentage not. */
function isUnderway(found: Targets, before: Targets, { flag, from, to }: Move): boolean {
  const halfDone = { percent: from.percent, canaries: to.canaries };
  const others = FLAGS.filter((other) => other !== flag);
  return (
    others.every((other) => sameTarget(found[other], before[other])) &&
    (sameTarget(found[flag], from) || sameTarget(found[flag], halfDone))
  );
}

/** A holder that slept past its lease leaves its own mark; a person's edit leaves the one that was there. */
function isStale(book: RecordBook, { markers }: KnownStanding, found: Targets, token: number): boolean {
  const { writtenBy, targets } = book.state;
  if (book.lastEvent === undefined) return false;
  return differences(targets, found).every(({ flag }) => {
    const marker = markers?.[flag];
    return marker !== undefined && marker.token < token && marker.decisionId !== writtenBy?.[flag];
  });
}

async function undo(book: RecordBook, writer: CohortWriter, found: Targets, token: number): Promise<Settled> {
  const { lastEvent } = book;
  const told = lastEvent?.kind === 'undone' && sameTargets(lastEvent.found, found);
  const decisionId = told ? lastEvent.decisionId : `u${book.nextSequence}`;
  if (!told) await book.record({ kind: 'undone', found, decisionId });
  for (const move of differences(found, book.state.targets)) {
    await writeMove(writer, move, { token, decisionId });
  }
  return { kind: 'undone', found };
}

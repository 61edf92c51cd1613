import type { CohortWriter, WriteMarker, WriteOutcome } from '../contracts/cohort-writer.js';
import type { Move } from '../domain/cohort-target.js';
import { textOf } from './record-book.js';

/** Writes a move, users picked by name first; what has been written already is written again without harm. */
export async function writeMove(
  writer: CohortWriter,
  { flag, from, to }: Move,
  marker: WriteMarker,
): Promise<WriteOutcome> {
  try {
    if (from.canaries.join() !== to.canaries.join()) {
      const named = await nameCanaries(writer, { flag, uids: to.canaries, marker });
      if (named.outcome !== 'written' || from.percent === to.percent) return named;
    }
    return await writer.write({ flag, from: from.percent, to: to.percent, marker });
  } catch (error) {
    // The port promises not to reject; a writer that does has not written for certain.
    return { outcome: 'failed', problem: textOf(error) };
  }
}

async function nameCanaries(
  writer: CohortWriter,
  change: Parameters<NonNullable<CohortWriter['nameCanaries']>>[0],
): Promise<WriteOutcome> {
  if (writer.nameCanaries !== undefined) return writer.nameCanaries(change);
  const problem = `The home of the flags cannot name users from here. Name these in crossfade-${change.flag} by hand: ${change.uids.join(', ')}.`;
  return { outcome: 'proposed', problem };
}

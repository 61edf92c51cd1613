import type { Clock } from '../../contracts/clock.js';
import type { CohortWriter, FlagStanding, WriteOutcome } from '../../contracts/cohort-writer.js';
import { CrossfadeError } from '../../domain/errors.js';
import type { Settings } from '../settings.js';
import { writerFor } from './rollout-home.js';

/** Whether nobody is served from Redis any more by what the flags say at their home. */
export type ServedNobody = { readonly written: true } | { readonly written: false; readonly problem: string };

/**
 * Takes serve down to 0 % and to nobody by name, so that a person can raise it again step by step; where that cannot be
 * done, the flag is switched off as a whole. Never rejects.
 */
export async function serveNobody(settings: Settings, clock: Clock): Promise<ServedNobody> {
  try {
    const writer = writerFor(settings, clock);
    if (await lowered(writer)) return { written: true };
    const outcome = await writer.switchOff('serve');
    return outcome.outcome === 'written' ? { written: true } : { written: false, problem: outcome.problem };
  } catch (error) {
    const problem =
      error instanceof CrossfadeError ? error.message : `It was not written (${String(error)}).`;
    return { written: false, problem };
  }
}

async function lowered(writer: CohortWriter): Promise<boolean> {
  const standing = await writer.standing();
  if (!standing.known) return false;
  if (servesNobody(standing)) return true;
  const outcomes: WriteOutcome[] = [];
  const { percents, canaries } = standing;
  if (percents.serve > 0) outcomes.push(await writer.write({ flag: 'serve', from: percents.serve, to: 0 }));
  if (canaries !== undefined && canaries.serve.length > 0 && writer.nameCanaries !== undefined)
    outcomes.push(await writer.nameCanaries({ flag: 'serve', uids: [] }));
  if (!outcomes.every(({ outcome }) => outcome === 'written')) return false;
  return servesNobody(await writer.standing());
}

function servesNobody(standing: FlagStanding): boolean {
  if (!standing.known || standing.percents.serve > 0) return false;
  return (standing.canaries?.serve.length ?? 0) === 0;
}

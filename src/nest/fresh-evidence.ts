import type { Cancel } from '../contracts/clock.js';
import type { CohortReader } from '../contracts/cohort-reader.js';
import type { ComparisonEvidence } from '../contracts/comparison-evidence.js';
import type { Recorder } from '../contracts/recorder.js';

/** Begins the evidence anew whenever a percentage in force is another than before; nothing else about the flags does. */
export function keepEvidenceFresh(
  flags: CohortReader,
  evidence: Pick<ComparisonEvidence, 'beginAnew'>,
  recorder: Pick<Recorder, 'failed'>,
): Cancel {
  const percents = (): string | undefined => {
    try {
      const { comparePercent, servePercent } = flags.state();
      return `${comparePercent ?? ''} ${servePercent ?? ''}`;
    } catch (error) {
      recorder.failed('read_flags', error);
      return undefined;
    }
  };
  let before = percents();
  return flags.onChange(() => {
    const now = percents();
    // Where it cannot be told, old evidence might count for other users: less evidence is the safe side.
    if (now === undefined || now !== before) evidence.beginAnew();
    before = now;
  });
}

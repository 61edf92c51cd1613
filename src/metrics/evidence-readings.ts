import type { ComparerLoad, ComparisonEvidence, SelfTestTally } from '../contracts/comparison-evidence.js';
import { KNOWN_TYPES, TYPE_LABELS, typeLabel } from '../domain/event-type.js';
import type { Reading } from './scraped-metric.js';

/** Nothing where no comparer is. */
export function readingsOfLoad(load: ComparerLoad | undefined): readonly Reading[] {
  return Object.entries(load ?? {}).map(([what, value]) => ({ labels: { what }, value: Number(value) }));
}

/** By type; `other` stands for whichever of the patterns that name no known type is sampled most. */
export function readingsOfSampling(
  evidence: Pick<ComparisonEvidence, 'sampling' | 'sampleOneIn'> | undefined,
): readonly Reading[] {
  if (evidence === undefined) return [];
  const ofOthers = [...evidence.sampling()]
    .filter(([pattern]) => typeLabel(pattern) === 'other')
    .map(([, sampleOneIn]) => sampleOneIn);
  const other = ofOthers.length > 0 ? Math.max(...ofOthers) : evidence.sampleOneIn('other');
  return [
    ...KNOWN_TYPES.map((type) => ({ labels: { type }, value: evidence.sampleOneIn(type) })),
    { labels: { type: 'other' }, value: other },
  ];
}

/** Every type from 0 on, so that a first disagreement is seen as a rise; nothing where the self-test is off. */
export function readingsOfSelfTest(tallies: readonly SelfTestTally[] | undefined): readonly Reading[] {
  if (tallies === undefined) return [];
  return TYPE_LABELS.flatMap((type) => {
    const tally = tallies.find((each) => each.type === type);
    return [
      { labels: { type, outcome: 'agreed' }, value: tally?.agreed ?? 0 },
      { labels: { type, outcome: 'disagreed' }, value: tally?.disagreed ?? 0 },
    ];
  });
}

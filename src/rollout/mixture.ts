const { exp, log, log1p, max, min } = Math;

/** One alternative of a mixture: a rate, as a multiple of the budget, and its weight (all weights sum to 1). */
export interface Alternative {
  readonly multiple: number;
  readonly weight: number;
}

/** What was counted: `hits` bad ones among `trials`. Whole, 0 ≤ hits ≤ trials. */
export interface Counts {
  readonly hits: number;
  readonly trials: number;
}

/**
 * Logarithm of the mixture likelihood ratio
 * `E(S, n; p0) = Σ_r w_r · r^S · ((1 − r·p0) / (1 − p0))^(n − S)`, with `r·p0` kept below 1.
 *
 * While the true rate is p0 this is a martingale that begins at 1, so by Ville's inequality it ever reaches
 * 1/α with probability at most α, however often one looks (Robbins, "Statistical methods related to the law
 * of the iterated logarithm", 1970; Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric,
 * nonasymptotic confidence sequences", 2021). With all r > 1 the same holds for every rate below p0; with
 * all r < 1 for every rate above it. Stays finite where the ratio itself would overflow; −∞ where no
 * alternative allows what was counted.
 */
export function logMixture(counts: Counts, budget: number, alternatives: readonly Alternative[]): number {
  let largest = -Infinity;
  const terms = alternatives.map(({ multiple, weight }) => {
    const term = log(weight) + logRatio(counts, budget, rateOf(multiple, budget));
    if (term > largest) largest = term;
    return term;
  });
  if (largest === -Infinity) return -Infinity;
  let sum = 0;
  for (const term of terms) sum += exp(term - largest);
  return largest + log(sum);
}

/** `log(e^a + e^b)`, finite where either would overflow. */
export function logAdd(a: number, b: number): number {
  const larger = max(a, b);
  if (larger === -Infinity) return -Infinity;
  return larger + log1p(exp(min(a, b) - larger));
}

/** Wald's log likelihood ratio (1945) of `counts` under `rate` against `budget`. */
export function logRatio({ hits, trials }: Counts, budget: number, rate: number): number {
  const clean = (trials - hits) * (log1p(-rate) - log1p(-budget));
  // Spelled out, because 0 · log 0 is NaN.
  return hits === 0 ? clean : clean + hits * log(rate / budget);
}

/** A multiple of a large budget may be no probability: then halfway from the budget to 1. */
function rateOf(multiple: number, budget: number): number {
  return min(multiple * budget, (1 + budget) / 2);
}

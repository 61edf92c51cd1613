/** Chance that can be repeated: the same seed and stream give the same draws. */
export interface Random {
  /** from 0, below 1 */
  next(): number;
  /** a whole number, both ends included */
  between(min: number, max: number): number;
  /** true with this probability, 0 to 1 */
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** a copy in another order */
  shuffled<T>(list: readonly T[]): T[];
}

/** `stream` keeps the draws of one part apart from those of another, so that neither shifts the other's. */
export function seededRandom(seed: number, stream: string): Random {
  let state = startState(seed, stream);
  // mulberry32: 32 bits of state are plenty for a play
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (list) => list[between(0, list.length - 1)] ?? list[0],
    shuffled: (list) => {
      const keyed = list.map((value) => ({ value, key: next() }));
      return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
    },
  };
}

/** FNV-1a over seed and stream. */
function startState(seed: number, stream: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${stream}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash;
}

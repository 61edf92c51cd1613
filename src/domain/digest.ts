/** A digest: a whole number below 2^52, so that two of them add up exactly in a double. */
export type Digest = number;

const SPACE = 2 ** 52;
const UPPER = 2 ** 32;

/**
 * Digests a text. The algorithm is cyrb53 by bryc (public domain, https://github.com/bryc/code,
 * `jshash/experimental/cyrb53.js`), two multiply-xor lanes with MurmurHash3's final mix, cut to 52 bits.
 * It is not cryptographic, and it has no secret seed: what is digested meets only things of the same user
 * in bounded tables, so whoever made collisions would blur nothing but the comparison of that user. A fixed
 * seed keeps digests comparable between replicas.
 */
export function digestText(text: string, seed = 0): Digest {
  let low = 0xdeadbeef ^ seed;
  let high = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  return finish(low, high);
}

/** Digests two digests in this order. */
export function digestPair(first: Digest, second: Digest): Digest {
  // Unrolled: this runs for every field of every item.
  const [a, b, c, d] = [first | 0, (first / UPPER) | 0, second | 0, (second / UPPER) | 0];
  let low = Math.imul(0xdeadbeef ^ a, 2654435761);
  let high = Math.imul(0x41c6ce57 ^ a, 1597334677);
  low = Math.imul(low ^ b, 2654435761);
  high = Math.imul(high ^ b, 1597334677);
  low = Math.imul(low ^ c, 2654435761);
  high = Math.imul(high ^ c, 1597334677);
  low = Math.imul(low ^ d, 2654435761);
  high = Math.imul(high ^ d, 1597334677);
  return finish(low, high);
}

/** Adds a digest to a sum in which order does not matter. */
export function addDigest(sum: Digest, digest: Digest): Digest {
  const total = sum + digest;
  return total >= SPACE ? total - SPACE : total;
}

/** A digest as people read it: 11 characters or fewer. */
export function digestName(digest: Digest): string {
  return digest.toString(36);
}

function finish(low: number, high: number): Digest {
  let a = Math.imul(low ^ (low >>> 16), 2246822507);
  a ^= Math.imul(high ^ (high >>> 13), 3266489909);
  let b = Math.imul(high ^ (high >>> 16), 2246822507);
  b ^= Math.imul(a ^ (a >>> 13), 3266489909);
  return UPPER * (b & 0xfffff) + (a >>> 0);
}

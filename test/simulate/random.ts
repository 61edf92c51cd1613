/** A small seeded generator (sfc32): the same seed gives the same run everywhere. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    this.b = Math.imul(seed, 0x9e3779b9);
    this.c = 0x2545f491;
    for (let i = 0; i < 15; i++) this.bits();
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return (this.bits() >>> 0) / 4294967296;
  }

  private bits(): number {
    const sum = (this.a + this.b + this.counter++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum;
  }
}

/** Draws indices by weight in constant time (Walker's alias method, 1977). */
export class WeightedDraw {
  private readonly keep: Float64Array;
  private readonly alias: Int32Array;

  constructor(weights: readonly number[]) {
    const n = weights.length;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const scaled = weights.map((weight) => (weight * n) / total);
    this.keep = new Float64Array(n).fill(1);
    this.alias = new Int32Array(n);
    const small: number[] = [];
    const large: number[] = [];
    scaled.forEach((value, i) => (value < 1 ? small : large).push(i));
    for (;;) {
      const low = small.pop();
      const high = large.pop();
      if (low === undefined || high === undefined) break;
      this.keep[low] = scaled[low] ?? 1;
      this.alias[low] = high;
      scaled[high] = (scaled[high] ?? 0) - (1 - (scaled[low] ?? 0));
      ((scaled[high] ?? 0) < 1 ? small : large).push(high);
    }
  }

  draw(random: Random): number {
    const scaled = random.unit() * this.keep.length;
    const index = scaled | 0;
    // The fraction is as uniform as the index: one number serves for both.
    return scaled - index < (this.keep[index] ?? 1) ? index : (this.alias[index] ?? index);
  }
}

import { differingPaths, digestValue, sameValue } from '../domain/canonical-value.js';
import type { Source } from '../domain/source.js';
import type { Findings, Mismatch } from './mismatch.js';
import type { Rule } from './rules.js';
import { lenient } from './path.js';
import { sampledValues, type Redaction } from './sampled-values.js';

/** One thing that a source said once. */
export interface Said {
  readonly source: Source;
  /** by what its partner is known */
  readonly key: string;
  /** the key is an id of its own, so that whatever comes again under it is a duplicate */
  readonly natural: boolean;
  readonly value: unknown;
  /** arrival, `Clock.elapsedMs()` */
  readonly atMs: number;
  /** legacy never shows it: no partner is demanded */
  readonly unshown: boolean;
}

/** Judges events of one type whose partner is at hand, or known to be missing. */
export class PairJudge {
  /** `redaction`: the names under which values are hidden; undefined: mismatches carry no values */
  constructor(
    private readonly type: string,
    private readonly rule: Rule,
    private readonly redaction: Redaction | undefined,
    private readonly findings: Findings,
  ) {}

  /** `second` is the one of the two that came later; `moved`: it or its partner changed places with others. */
  judge(legacy: Said, redis: Said, second: Said, moved: boolean): void {
    this.findings.lag(this.type, redis.atMs - legacy.atMs);
    if (!this.same(legacy.value, redis.value)) this.different(legacy, redis);
    else if (moved) this.mismatched('reordered', second, legacy, redis);
    else this.findings.matched(this.type);
  }

  /** Said once more by a source that had said it. */
  duplicate(said: Said): void {
    this.mismatched('duplicate', said, ...bySource(said));
  }

  /** Never said by the other source: to be counted unless a doubt about that source turns up yet. */
  missing(said: Said, silent: Source, fromMs: number, untilMs: number): void {
    const mismatch = this.mismatch(`missing_in_${silent}`, said, ...bySource(said));
    this.findings.mismatched(this.type, [{ ...mismatch, excusable: { sources: [silent], fromMs, untilMs } }]);
  }

  private different(legacy: Said, redis: Said): void {
    const { leniency } = this.rule;
    const a = lenient(legacy.value, leniency);
    const b = lenient(redis.value, leniency);
    const fields = differingPaths(a, b);
    const later = legacy.atMs > redis.atMs ? legacy : redis;
    const mismatch = this.mismatch('different', later, legacy, redis);
    const { redaction } = this;
    const values = redaction === undefined ? undefined : sampledValues(fields, a, b, redaction);
    this.findings.mismatched(this.type, [{ ...mismatch, fields, values }]);
  }

  private same(a: unknown, b: unknown): boolean {
    if (sameValue(a, b)) return true;
    const { leniency } = this.rule;
    return leniency !== undefined && sameValue(lenient(a, leniency), lenient(b, leniency));
  }

  private mismatched(outcome: Mismatch['outcome'], said: Said, legacy?: Said, redis?: Said): void {
    this.findings.mismatched(this.type, [this.mismatch(outcome, said, legacy, redis)]);
  }

  private mismatch(outcome: Mismatch['outcome'], said: Said, legacy?: Said, redis?: Said): Mismatch {
    return {
      outcome,
      key: said.key,
      fields: [],
      sinceMs: said.atMs,
      legacy: legacy && digestValue(legacy.value),
      redis: redis && digestValue(redis.value),
      values: undefined,
    };
  }
}

function bySource(said: Said): [legacy: Said | undefined, redis: Said | undefined] {
  return said.source === 'legacy' ? [said, undefined] : [undefined, said];
}

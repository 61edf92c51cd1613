import type { Clock } from '../contracts/clock.js';
import type { EvidenceQuestion, EvidenceReader } from '../contracts/evidence-reader.js';
import { sameTargets } from '../domain/cohort-target.js';
import type { Evidence, WorstUser } from '../domain/evidence.js';
import { EVIDENCE_NAMES } from './evidence-names.js';
import { FleetBook } from './fleet-book.js';
import { fleetEvidence } from './fleet-evidence.js';
import type { PrometheusApi } from './prometheus-api.js';

export interface PrometheusEvidenceOptions {
  readonly api: PrometheusApi;
  readonly clock: Clock;
  /** the scrape job of the backends; each of its targets is a replica that is expected */
  readonly job: string;
  /** length of the recent window, ms; default 5 minutes */
  readonly recentMs?: number;
  /** a replica whose newest sample is older does not report, ms; default 60 s */
  readonly silentAfterMs?: number;
  /** asks replicas who mismatches, hashed, worst first: counters carry no users. Never rejects */
  readonly worstUsers?: (replicas: readonly string[]) => Promise<readonly WorstUser[]>;
}

/** More than this many are no longer a few who may be broken themselves: naming some says nothing. */
const FEW_USERS = 5;
const RECENT_MS = 300_000;
const SILENT_AFTER_MS = 60_000;
/** What stood before the percentages were written, to count from. */
const LOOK_BACK_MS = 300_000;
/** So much past is read sample by sample; of what lies further back one sample a minute is enough to see a restart. */
const WHOLE_MS = 3_600_000;
const THINNED_MS = 60_000;

/**
 * Evidence of a fleet, from the counters that Prometheus has scraped: raw samples, summed here, because `rate` and
 * `increase` make up what lies between and beyond them. Between looks only what is new is read.
 */
export class PrometheusEvidenceReader implements EvidenceReader {
  private cache:
    { readonly book: FleetBook; readonly question: EvidenceQuestion; readToMs: number } | undefined;

  constructor(private readonly options: PrometheusEvidenceOptions) {}

  async read(question: EvidenceQuestion): Promise<Evidence> {
    const { clock, recentMs = RECENT_MS } = this.options;
    const nowMs = clock.nowMs();
    const { book } = await this.readOn(question, nowMs);
    const { reporting, expected, problems } = await this.roll(book, nowMs);
    const evidence = fleetEvidence(book, {
      ...{ nowMs, recentMs, reporting, expected, problems, worstUsers: [] },
    });
    const worstUsers = await this.few(evidence, reporting);
    return worstUsers.length === 0 ? evidence : Object.freeze({ ...evidence, worstUsers });
  }

  /** The users who hold a step up, where they are few. */
  private async few(
    { users: { firstMismatches } }: Evidence,
    reporting: readonly string[],
  ): Promise<readonly WorstUser[]> {
    if (firstMismatches === 0 || firstMismatches > FEW_USERS) return [];
    return (await this.options.worstUsers?.(reporting)) ?? [];
  }

  private async readOn(question: EvidenceQuestion, nowMs: number): Promise<{ readonly book: FleetBook }> {
    const { cache } = this;
    const goesOn =
      cache?.question.sinceMs === question.sinceMs && sameTargets(cache.question.targets, question.targets);
    const from = goesOn
      ? cache
      : {
          book: new FleetBook(question.targets, question.sinceMs, question.changedAfterMs),
          question,
          readToMs: Math.min(question.sinceMs, nowMs) - LOOK_BACK_MS,
        };
    this.cache = undefined;
    while (from.readToMs < nowMs) from.readToMs = await this.readSpan(from.book, from.readToMs, nowMs);
    this.cache = from;
    return from;
  }

  /** Reads one span into the book; returns its end. */
  private async readSpan(book: FleetBook, fromMs: number, nowMs: number): Promise<number> {
    const { api, job, recentMs = RECENT_MS } = this.options;
    const selector = `{__name__=~"${EVIDENCE_NAMES.join('|')}",job=${JSON.stringify(job)}}`;
    const leftMs = nowMs - fromMs;
    if (leftMs <= WHOLE_MS) {
      // A scrape may be stored a little after its own time: what was read before is read again, and known.
      book.add(await api.raw(selector, nowMs, leftMs + 2 * THINNED_MS));
      return nowMs;
    }
    const toMs = Math.min(fromMs + WHOLE_MS, nowMs - WHOLE_MS / 2);
    book.add(await api.thinned(selector, fromMs, toMs, THINNED_MS));
    book.settle(
      [...book.replicas.keys()].filter((name) => isFresh(book, name, toMs, 2 * THINNED_MS)),
      toMs - recentMs,
    );
    return toMs;
  }

  /** Who ought to report, and who does. */
  private async roll(
    book: FleetBook,
    nowMs: number,
  ): Promise<{ reporting: string[]; expected: number; problems: string[] }> {
    const { api, job, silentAfterMs = SILENT_AFTER_MS } = this.options;
    const targets = await api.now(`up{job=${JSON.stringify(job)}}`, nowMs);
    if (targets.length === 0) {
      throw new Error(
        `Prometheus knows no target of the job ${job}. Let it scrape the backends, or set CROSSFADE_PROMETHEUS_JOB.`,
      );
    }
    const reporting: string[] = [];
    const problems: string[] = [];
    for (const { replica, value } of targets) {
      if (value !== 1) problems.push(`${replica} cannot be scraped.`);
      else if (!isFresh(book, replica, nowMs, silentAfterMs)) problems.push(`${replica} says nothing.`);
      else reporting.push(replica);
    }
    return { reporting, expected: targets.length, problems };
  }
}

function isFresh(book: FleetBook, replica: string, nowMs: number, withinMs: number): boolean {
  return nowMs - (book.replicas.get(replica)?.lastAtMs ?? -Infinity) <= withinMs;
}

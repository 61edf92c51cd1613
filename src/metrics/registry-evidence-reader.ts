import type { Registry } from 'prom-client';
import type { Clock } from '../contracts/clock.js';
import type { ComparisonEvidence } from '../contracts/comparison-evidence.js';
import type { EvidenceQuestion, EvidenceReader } from '../contracts/evidence-reader.js';
import { sameTargets } from '../domain/cohort-target.js';
import type { Evidence } from '../domain/evidence.js';
import { EVIDENCE_NAMES } from './evidence-names.js';
import { FleetBook, type MetricSample } from './fleet-book.js';
import { fleetEvidence } from './fleet-evidence.js';

export interface RegistryEvidenceOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  /** length of the recent window, ms; default 5 minutes */
  readonly recentMs?: number;
  /** names the users who hold it up */
  readonly comparer?: Pick<ComparisonEvidence, 'worstUsers'>;
}

const HERE = 'here';
const NAMES = new Set(EVIDENCE_NAMES);
const WORST_USERS = 5;
export const RECENT_MS = 300_000;

/** Evidence of one process, from its own registry, read anew at every look: what was before this process is not known. */
export class RegistryEvidenceReader implements EvidenceReader {
  private book: { readonly of: FleetBook; readonly question: EvidenceQuestion } | undefined;
  private before: readonly MetricSample[] = [];

  constructor(private readonly options: RegistryEvidenceOptions) {}

  async read(question: EvidenceQuestion): Promise<Evidence> {
    const { clock, comparer, recentMs = RECENT_MS } = this.options;
    const nowMs = clock.nowMs();
    const book = this.bookFor(question);
    const samples = await this.samples(nowMs);
    book.add(samples);
    this.before = samples;
    const worstUsers = comparer?.worstUsers(WORST_USERS) ?? [];
    return fleetEvidence(book, { nowMs, recentMs, reporting: [HERE], expected: 1, problems: [], worstUsers });
  }

  private bookFor(question: EvidenceQuestion): FleetBook {
    const { book } = this;
    if (book?.question.sinceMs === question.sinceMs && sameTargets(book.question.targets, question.targets))
      return book.of;
    const fresh = new FleetBook(question.targets, question.sinceMs, question.changedAfterMs);
    // What stood before the percentages were written, to count from.
    fresh.add(this.before.filter(({ atMs }) => atMs <= question.sinceMs));
    this.book = { of: fresh, question };
    return fresh;
  }

  private async samples(atMs: number): Promise<MetricSample[]> {
    const samples: MetricSample[] = [];
    for (const metric of await this.options.registry.getMetricsAsJSON()) {
      for (const value of metric.values as readonly RegistryValue[]) {
        const name = value.metricName ?? metric.name;
        if (!NAMES.has(name)) continue;
        const labels = Object.fromEntries(
          Object.entries(value.labels).map(([key, label]) => [key, String(label)]),
        );
        samples.push({ name, labels, replica: HERE, atMs, value: value.value });
      }
    }
    return samples;
  }
}

interface RegistryValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

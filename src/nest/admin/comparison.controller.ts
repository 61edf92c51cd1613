import { Controller, Get, Inject, Req, UseFilters, UseGuards } from '@nestjs/common';
import type {
  ComparerLoad,
  EvidenceSums,
  PathCount,
  Sample,
  SelfTestTally,
  UserCount,
} from '../../contracts/comparison-evidence.js';
import type { CrossfadeRuntime } from '../crossfade-runtime.js';
import { CROSSFADE_RUNTIME } from '../tokens.js';
import { AdminGuard } from './admin.guard.js';
import type { AdminRequest } from './admin-request.js';
import { CrossfadeErrorFilter } from './crossfade-error.filter.js';
import { withoutValues } from './live-reading.js';

/** What the comparison of one replica has found, for a person. */
export interface ComparisonReport {
  readonly sums: EvidenceSums;
  /** of how many users one is compared, by type pattern; only those that are not 1 */
  readonly sampling: Readonly<Record<string, number>>;
  /** the last mismatches, newest first; differing values only for operators, and only where they are kept */
  readonly samples: readonly Sample[];
  /** the differing paths most often seen */
  readonly paths: readonly PathCount[];
  /** the users with the most mismatches, hashed */
  readonly worstUsers: readonly UserCount[];
  readonly load: ComparerLoad;
  /** empty where it is off */
  readonly selfTest: readonly SelfTestTally[];
}

const MOST_LISTED = 50;

/** `GET /crossfade/api/comparison`: what differs, without what was said. `{}` where nothing is compared. */
@Controller('crossfade/api/comparison')
@UseGuards(AdminGuard)
@UseFilters(CrossfadeErrorFilter)
export class ComparisonController {
  constructor(@Inject(CROSSFADE_RUNTIME) private readonly runtime: CrossfadeRuntime) {}

  @Get()
  read(@Req() { adminRole }: AdminRequest): ComparisonReport | Record<string, never> {
    const { evidence, selfTest } = this.runtime;
    if (evidence === undefined) return {};
    const samples = evidence.samples();
    return {
      sums: evidence.sums(),
      sampling: Object.fromEntries(evidence.sampling()),
      samples: adminRole === 'operator' ? samples : samples.map(withoutValues),
      paths: evidence.paths(MOST_LISTED),
      worstUsers: evidence.worstUsers(MOST_LISTED),
      load: evidence.load(),
      selfTest: selfTest?.() ?? [],
    };
  }
}

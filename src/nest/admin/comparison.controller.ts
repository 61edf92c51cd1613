import { Controller, Get, Inject, Req, UseFilters, UseGuards } from '@nestjs/common';
import type { CrossfadeRuntime } from '../crossfade-runtime.js';
import { CROSSFADE_RUNTIME } from '../tokens.js';
import { AdminGuard } from './admin.guard.js';
import type { AdminRequest } from './admin-request.js';
import type { ComparisonReport } from './comparison-report.js';
import { CrossfadeErrorFilter } from './crossfade-error.filter.js';
import { withoutValues } from './live-reading.js';

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

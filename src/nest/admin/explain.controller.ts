import { Controller, Get, Inject, Param, UseFilters, UseGuards } from '@nestjs/common';
import type { Source } from '../../domain/source.js';
import { explainUser, type Explanation } from '../../flags/explain-user.js';
import { EventProvider } from '../../routing/event-provider.js';
import type { CrossfadeRuntime } from '../crossfade-runtime.js';
import { CROSSFADE_RUNTIME } from '../tokens.js';
import { AdminGuard } from './admin.guard.js';
import { CrossfadeErrorFilter } from './crossfade-error.filter.js';

/** Why a user is where it is in this replica. */
export interface ReplicaExplanation extends Explanation {
  /** the source that serves the user now, which is the other one while the stage's own is ill; null: nobody reads here */
  readonly servedBy: Source | null;
}

/** `GET /crossfade/api/explain/:uid`; 400 `invalid_uid` for what can be no uid. */
@Controller('crossfade/api/explain')
@UseGuards(AdminGuard)
@UseFilters(CrossfadeErrorFilter)
export class ExplainController {
  constructor(
    @Inject(CROSSFADE_RUNTIME) private readonly runtime: CrossfadeRuntime,
    @Inject(EventProvider) private readonly events: EventProvider,
  ) {}

  @Get(':uid')
  explain(@Param('uid') uid: string): ReplicaExplanation {
    const route = this.events.route(uid);
    const servedBy = this.events.servedBy(uid) ?? null;
    return { ...explainUser(uid, route, this.runtime.flags), servedBy };
  }
}

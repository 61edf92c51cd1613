import { Controller, Get, Inject, UseFilters, UseGuards } from '@nestjs/common';
import type { FlagState } from '../../contracts/cohort-reader.js';
import type { Mode } from '../../domain/mode.js';
import type { Stage } from '../../domain/stage.js';
import { CrossfadeHealth, type StopHealth } from '../crossfade-health.js';
import type { CrossfadeRuntime } from '../crossfade-runtime.js';
import { CROSSFADE_RUNTIME } from '../tokens.js';
import { AdminGuard } from './admin.guard.js';
import { CrossfadeErrorFilter } from './crossfade-error.filter.js';

/** How one replica stands. */
export interface ReplicaStatus {
  readonly mode: Mode;
  /** users who are connected to this replica, by stage */
  readonly users: Readonly<Record<Stage, number>>;
  /** left out where no flag is asked */
  readonly flags?: FlagState;
  /** left out where nobody can be stopped */
  readonly stop?: StopHealth;
  /** what is ill without keeping anybody from being served */
  readonly degraded: readonly string[];
}

/** `GET /crossfade/api/status`. */
@Controller('crossfade/api/status')
@UseGuards(AdminGuard)
@UseFilters(CrossfadeErrorFilter)
export class StatusController {
  constructor(
    @Inject(CROSSFADE_RUNTIME) private readonly runtime: CrossfadeRuntime,
    @Inject(CrossfadeHealth) private readonly health: CrossfadeHealth,
  ) {}

  @Get()
  read(): ReplicaStatus {
    const { options, flags } = this.runtime;
    const stop = this.health.stop();
    return {
      mode: options.mode,
      users: this.runtime.users(),
      ...(flags === undefined ? {} : { flags: flags.state() }),
      ...(stop === undefined ? {} : { stop }),
      degraded: this.health.degraded(),
    };
  }
}

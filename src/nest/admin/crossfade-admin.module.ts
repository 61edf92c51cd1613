import { Logger, Module, type DynamicModule, type Type } from '@nestjs/common';
import { ConsoleController } from '../console/console.controller.js';
import { ActionLog, type ActionEntry } from './action-log.js';
import { AdminDoor } from './admin-door.js';
import { AdminGuard } from './admin.guard.js';
import { AdminLimits } from './admin-limits.js';
import type { AdminOptions } from './admin-options.js';
import { routesOf } from './admin-routes.js';
import { AdminTokens } from './admin-tokens.js';
import { ComparisonController } from './comparison.controller.js';
import { ExplainController } from './explain.controller.js';
import { HistoryController } from './history.controller.js';
import { LiveController } from './live.controller.js';
import { LiveFeed } from './live-feed.js';
import { OpenApiController } from './openapi.controller.js';
import { RecordController } from './record.controller.js';
import { ROLLOUT_SETTINGS, RolloutDesk } from './rollout-desk.js';
import { RolloutController } from './rollout.controller.js';
import { StatusController } from './status.controller.js';
import { StopController } from './stop.controller.js';
import { ADMIN_ROUTES, UnknownRouteController } from './unknown-route.controller.js';

/** All that answers something; a new one is described in the OpenAPI document. */
export const ADMIN_CONTROLLERS: readonly Type[] = [
  StatusController,
  ExplainController,
  ComparisonController,
  RecordController,
  StopController,
  RolloutController,
  HistoryController,
  LiveController,
  OpenApiController,
];

/**
 * The admin API under `/crossfade/api`, for a host to mount beside CrossfadeModule (which must be global).
 * Without a token that it knows, nobody gets an answer.
 */
@Module({})
export class CrossfadeAdminModule {
  /** @throws CrossfadeError `invalid_settings` without a token, or with one that is too short */
  static forRoot(options: AdminOptions): DynamicModule {
    return {
      module: CrossfadeAdminModule,
      controllers: [
        ...ADMIN_CONTROLLERS,
        UnknownRouteController,
        ...(options.console === true ? [ConsoleController] : []),
      ],
      providers: [
        AdminDoor,
        AdminGuard,
        LiveFeed,
        RolloutDesk,
        { provide: AdminTokens, useValue: new AdminTokens(options) },
        { provide: AdminLimits, useValue: new AdminLimits(options.limits) },
        { provide: ActionLog, useValue: new ActionLog(options.onAction ?? toNestLog) },
        { provide: ADMIN_ROUTES, useValue: routesOf(ADMIN_CONTROLLERS) },
        { provide: ROLLOUT_SETTINGS, useValue: options.rollout },
      ],
    };
  }
}

function toNestLog(entry: ActionEntry): void {
  new Logger('CrossfadeAdmin').log(JSON.stringify(entry));
}

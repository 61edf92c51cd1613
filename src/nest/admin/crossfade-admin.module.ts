import { Module, type DynamicModule } from '@nestjs/common';
import { AdminGuard } from './admin.guard.js';
import { AdminTokens, type AdminTokensOptions } from './admin-tokens.js';
import { ComparisonController } from './comparison.controller.js';
import { ExplainController } from './explain.controller.js';
import { RecordController } from './record.controller.js';
import { StatusController } from './status.controller.js';
import { StopController } from './stop.controller.js';

/**
 * The admin API under `/crossfade/api`, for a host to mount beside CrossfadeModule (which must be global).
 * Without a token that it knows, nobody gets an answer.
 */
@Module({})
export class CrossfadeAdminModule {
  /** @throws CrossfadeError `invalid_settings` without a token, or with one that is too short */
  static forRoot(tokens: AdminTokensOptions): DynamicModule {
    return {
      module: CrossfadeAdminModule,
      controllers: [
        StatusController,
        StopController,
        ExplainController,
        ComparisonController,
        RecordController,
      ],
      providers: [AdminGuard, { provide: AdminTokens, useValue: new AdminTokens(tokens) }],
    };
  }
}

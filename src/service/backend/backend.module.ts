import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { TerminusModule } from '@nestjs/terminus';
import { adminOptionsFromSettings, CrossfadeAdminModule, type AdminOptions } from '../../admin.js';
import {
  CrossfadeModule,
  InProcessSource,
  optionsFromSettings,
  readSettings,
  validateEnvironment,
  type CrossfadeOptions,
  type Settings,
} from '../../index.js';
import { LastScrape } from '../health/last-scrape.js';
import { Readiness } from '../health/readiness.js';
import { Serving } from '../health/serving.js';
import { logAction } from '../log-action.js';
import { OpenStreams } from '../listening/open-streams.js';
import { EventsController } from '../listening/events.controller.js';
import { PROCESS_METRICS } from '../process-metrics.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { Drain } from './drain.js';
import { PageController } from './page.controller.js';

/** The reference backend: embeds Crossfade as any backend would. */
@Module({})
export class BackendModule {
  /** With options that a program gives: the demo and the tests. */
  static with(options: CrossfadeOptions, admin?: AdminOptions): DynamicModule {
    return backendOn(CrossfadeModule.forRoot({ ...options, isGlobal: true }), admin);
  }

  /** With settings from the environment and a `.env` file, all checked before anything is opened; rejects with every fault. */
  static async configured(): Promise<DynamicModule> {
    // Awaited here, or nobody would hear that it was refused.
    const environment = await ConfigModule.forRoot({ isGlobal: true, validate: validateEnvironment });
    const crossfade = CrossfadeModule.forRootAsync({
      isGlobal: true,
      imports: [environment],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => optionsWithLegacy(config.getOrThrow<Settings>('crossfade')),
    });
    // ConfigModule has put what it read from the file into the environment.
    return backendOn(crossfade, adminOptionsFromSettings(readSettings(process.env)));
  }
}

function backendOn(crossfade: DynamicModule, admin: AdminOptions | undefined): DynamicModule {
  return {
    module: BackendModule,
    imports: [
      TerminusModule.forRoot({ logger: false }),
      crossfade,
      ...(admin === undefined ? [] : [CrossfadeAdminModule.forRoot({ onAction: logAction, ...admin })]),
    ],
    controllers: [EventsController, HealthController, MetricsController, PageController],
    providers: [Serving, Readiness, OpenStreams, LastScrape, Drain, PROCESS_METRICS],
  };
}

function optionsWithLegacy(settings: Settings): CrossfadeOptions {
  return {
    ...optionsFromSettings(settings),
    ...(settings.legacy === 'retired' ? {} : { legacySource: new InProcessSource() }),
    onFailure: (line) => {
      console.error(line);
    },
  };
}

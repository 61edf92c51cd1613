import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { TerminusModule } from '@nestjs/terminus';
import {
  CrossfadeModule,
  InProcessSource,
  optionsFromSettings,
  validateEnvironment,
  type CrossfadeOptions,
  type Settings,
} from '../../index.js';
import { EventsController } from './events.controller.js';
import { HealthController, Serving } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { PageController } from './page.controller.js';

/** The reference backend: embeds Crossfade as any backend would. */
@Module({})
export class BackendModule {
  /** With options that a program gives: the demo and the tests. */
  static with(options: CrossfadeOptions): DynamicModule {
    return backendOn(CrossfadeModule.forRoot({ ...options, isGlobal: true }));
  }

  /** With settings from the environment and a `.env` file, all checked before anything is opened. */
  static configured(): DynamicModule {
    const crossfade = CrossfadeModule.forRootAsync({
      isGlobal: true,
      imports: [ConfigModule.forRoot({ isGlobal: true, validate: validateEnvironment })],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => optionsWithLegacy(config.getOrThrow<Settings>('crossfade')),
    });
    return backendOn(crossfade);
  }
}

function backendOn(crossfade: DynamicModule): DynamicModule {
  return {
    module: BackendModule,
    imports: [TerminusModule.forRoot({ logger: false }), crossfade],
    controllers: [EventsController, HealthController, MetricsController, PageController],
    providers: [Serving],
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

import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { EventProvider } from '../routing/event-provider.js';
import { CrossfadeHealth } from './crossfade-health.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import { startRuntime, type CrossfadeRuntime } from './crossfade-runtime.js';
import { ConfigurableModuleClass, CROSSFADE_OPTIONS } from './crossfade.module-definition.js';
import { CROSSFADE_REGISTRY, CROSSFADE_RUNTIME } from './tokens.js';

/**
 * Embeds Crossfade in a NestJS backend: `forRoot(options)` or `forRootAsync(…)`, `isGlobal` as usual. Exports
 * EventProvider, CrossfadeHealth and the metrics registry (`CROSSFADE_REGISTRY`); the runtime for the admin API alone.
 */
@Module({
  providers: [
    {
      provide: CROSSFADE_RUNTIME,
      inject: [CROSSFADE_OPTIONS],
      useFactory: (options: CrossfadeOptions) => startRuntime(options),
    },
    {
      provide: EventProvider,
      inject: [CROSSFADE_RUNTIME],
      useFactory: ({ events }: CrossfadeRuntime) => events,
    },
    {
      provide: CROSSFADE_REGISTRY,
      inject: [CROSSFADE_RUNTIME],
      useFactory: ({ registry }: CrossfadeRuntime) => registry,
    },
    {
      provide: CrossfadeHealth,
      inject: [CROSSFADE_RUNTIME],
      useFactory: (runtime: CrossfadeRuntime) => new CrossfadeHealth(runtime),
    },
  ],
  exports: [EventProvider, CROSSFADE_REGISTRY, CrossfadeHealth, CROSSFADE_RUNTIME],
})
export class CrossfadeModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  constructor(@Inject(CROSSFADE_RUNTIME) private readonly runtime: CrossfadeRuntime) {
    super();
  }

  /** After the host has stopped listening: nobody is left to be told anything. */
  async onApplicationShutdown(): Promise<void> {
    await this.runtime.close();
  }
}

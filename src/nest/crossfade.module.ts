import { Inject, Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { EventProvider } from '../routing/event-provider.js';
import { CrossfadeDrain } from './crossfade-drain.js';
import { CrossfadeHealth } from './crossfade-health.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import { startRuntime, type CrossfadeRuntime } from './crossfade-runtime.js';
import { ConfigurableModuleClass, CROSSFADE_OPTIONS } from './crossfade.module-definition.js';
import { CROSSFADE_REGISTRY, CROSSFADE_RUNTIME } from './tokens.js';

/**
 * Embeds Crossfade in a NestJS backend: `forRoot(options)` or `forRootAsync(…)`, `isGlobal` as usual. Exports
 * EventProvider, CrossfadeHealth, CrossfadeDrain and the metrics registry (`CROSSFADE_REGISTRY`); the runtime for the admin API alone.
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
    {
      provide: CrossfadeDrain,
      inject: [CROSSFADE_RUNTIME],
      useFactory: (runtime: CrossfadeRuntime) => new CrossfadeDrain(runtime),
    },
  ],
  exports: [EventProvider, CROSSFADE_REGISTRY, CrossfadeHealth, CrossfadeDrain, CROSSFADE_RUNTIME],
})
export class CrossfadeModule extends ConfigurableModuleClass implements BeforeApplicationShutdown {
  constructor(@Inject(CrossfadeDrain) private readonly drain: CrossfadeDrain) {
    super();
  }

  /** After the modules that import this one, and while the host still listens, so that the last values are scraped. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.drain.drain();
  }
}

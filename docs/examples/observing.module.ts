import { Controller, Get, Header, Inject, Module } from '@nestjs/common';
import { CROSSFADE_REGISTRY, CrossfadeHealth, type MetricsRegistry } from 'nestjs-crossfade';

@Controller()
export class ObservingController {
  constructor(
    @Inject(CROSSFADE_REGISTRY) private readonly registry: MetricsRegistry,
    private readonly health: CrossfadeHealth,
  ) {}

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4')
  metrics(): Promise<string> {
    return this.registry.metrics();
  }

  // Always 200: an ill Redis is no reason to end a process that legacy can serve.
  @Get('readyz')
  ready(): object {
    return { degraded: this.health.degraded(), flags: this.health.flags() };
  }
}

@Module({ controllers: [ObservingController] })
export class ObservingModule {}

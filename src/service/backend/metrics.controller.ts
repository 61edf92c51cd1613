import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CROSSFADE_REGISTRY, type MetricsRegistry } from '../../index.js';

/** `GET /metrics`, for Prometheus. */
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(CROSSFADE_REGISTRY) private readonly registry: MetricsRegistry) {}

  @Get()
  async read(@Res() response: Response): Promise<void> {
    const text = await this.registry.metrics();
    response.set('Content-Type', this.registry.contentType).send(text);
  }
}

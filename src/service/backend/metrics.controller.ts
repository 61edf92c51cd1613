import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { LastScrape } from '../health/last-scrape.js';
import { CROSSFADE_REGISTRY, type MetricsRegistry } from '../../index.js';

/** `GET /metrics`, for Prometheus. */
@Controller('metrics')
export class MetricsController {
  constructor(
    @Inject(CROSSFADE_REGISTRY) private readonly registry: MetricsRegistry,
    @Inject(LastScrape) private readonly lastScrape: LastScrape,
  ) {}

  @Get()
  async read(@Res() response: Response): Promise<void> {
    const text = await this.registry.metrics();
    response.on('finish', () => {
      this.lastScrape.scraped();
    });
    response.set('Content-Type', this.registry.contentType).send(text);
  }
}

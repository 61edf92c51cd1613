import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { CrossfadeDrain } from '../../index.js';
import { LastScrape } from '../health/last-scrape.js';
import { Serving } from '../health/serving.js';
import { OpenStreams } from '../listening/open-streams.js';

/** The orderly end, while the process still listens: nobody new, everybody away, all closed, one last scrape. */
@Injectable()
export class Drain implements BeforeApplicationShutdown {
  constructor(
    @Inject(Serving) private readonly serving: Serving,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
    @Inject(CrossfadeDrain) private readonly crossfade: CrossfadeDrain,
    @Inject(LastScrape) private readonly lastScrape: LastScrape,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.serving.state = 'draining';
    this.streams.endAll();
    await this.lastScrape.wait(await this.crossfade.drain());
  }
}

import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Res, UseFilters, UseGuards } from '@nestjs/common';
import { AdminGuard } from './admin.guard.js';
import { CrossfadeErrorFilter } from './crossfade-error.filter.js';
import { LiveFeed } from './live-feed.js';

/** `GET /crossfade/api/events`: how this replica does, twice a second, as Server-Sent Events of a LiveReading each. */
@Controller('crossfade/api/events')
@UseGuards(AdminGuard)
@UseFilters(CrossfadeErrorFilter)
export class LiveController {
  constructor(@Inject(LiveFeed) private readonly feed: LiveFeed) {}

  @Get()
  follow(@Res() response: ServerResponse): void {
    this.feed.follow(response);
  }
}

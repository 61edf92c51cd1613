import { readFileSync } from 'node:fs';
import { Controller, Get, Header, UseFilters, UseGuards } from '@nestjs/common';
import { AdminGuard } from './admin.guard.js';
import { CrossfadeErrorFilter } from './crossfade-error.filter.js';

const DOCUMENT = new URL('openapi.json', import.meta.url);

/** `GET /crossfade/api/openapi.json`: the description of the API, which `npm run ops:write` makes from the code. */
@Controller('crossfade/api/openapi.json')
@UseGuards(AdminGuard)
@UseFilters(CrossfadeErrorFilter)
export class OpenApiController {
  private text: string | undefined;

  @Get()
  @Header('Content-Type', 'application/json; charset=utf-8')
  read(): string {
    this.text ??= readFileSync(DOCUMENT, 'utf8');
    return this.text;
  }
}

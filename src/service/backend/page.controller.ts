import { readFileSync } from 'node:fs';
import { Controller, Get, Header } from '@nestjs/common';

const PAGE = readFileSync(new URL('page.html', import.meta.url), 'utf8');

/** `GET /`: a person types a uid and sees its events arrive. */
@Controller()
export class PageController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header(
    'Content-Security-Policy',
    "default-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
  )
  page(): string {
    return PAGE;
  }
}

import type { ServerResponse } from 'node:http';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { AdminRequest } from '../admin/admin-request.js';
import { consoleFiles, type ConsoleFile } from './console-files.js';

/** Nothing from elsewhere, nothing within markup, nobody's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * `GET /crossfade`: the console, and its files below it. They hold no data and need no token; what the page shows it
 * asks of the admin API with the token that it is given.
 */
@Controller('crossfade')
export class ConsoleController {
  private readonly files = consoleFiles();

  @Get()
  page(@Req() request: AdminRequest, @Res() response: ServerResponse): void {
    const [path = '', query] = (request.originalUrl ?? '').split('?');
    // The files are named beside this path, so it must not end in a slash.
    if (path.endsWith('/')) {
      const to = path.replace(/^.*\/([^/]+)\/+$/, '../$1') + (query === undefined ? '' : `?${query}`);
      response.writeHead(308, { Location: to }).end();
      return;
    }
    send(response, this.files.get('page.html'));
  }

  @Get(':file')
  file(@Param('file') name: string, @Res() response: ServerResponse): void {
    send(response, this.files.get(name));
  }
}

function send(response: ServerResponse, file: ConsoleFile | undefined): void {
  response.setHeader('Content-Security-Policy', POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cache-Control', 'no-cache');
  if (file === undefined) {
    response.writeHead(404, { 'Content-Type': 'application/json; charset=utf-8' });
    const cure = 'The console is at crossfade.';
    response.end(JSON.stringify({ code: 'not_found', message: 'The console has no such file.', cure }));
    return;
  }
  response.setHeader('Content-Type', file.type);
  response.end(file.text);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ActionLog } from './action-log.js';
import { AdminRefusal } from './admin-refusal.js';
import type { AdminRequest } from './admin-request.js';
import { jsonBody, noBody } from './json-body.js';

const OURS = /(^|\/)crossfade\/api(\/|$)/i;

/**
 * Stands before the host's body parser and reads the bodies of the admin API itself, small ones only, so that what is
 * wrong with one is told as everything else is, and no limit of the host is ours. Whoever is in the wrong here is
 * refused before anybody asks for a token.
 */
@Injectable()
export class AdminDoor {
  constructor(
    @Inject(HttpAdapterHost) { httpAdapter }: HttpAdapterHost,
    @Inject(ActionLog) private readonly log: ActionLog,
  ) {
    // Made before the host begins to listen to paths, so this comes first. Other platforms keep their own parser.
    if ((httpAdapter as HttpAdapterHost['httpAdapter'] | undefined)?.getType() === 'express')
      httpAdapter.use((request: Entering, response: ServerResponse, next: () => void) => {
        void this.enter(request, response, next);
      });
  }

  private async enter(request: Entering, response: ServerResponse, next: () => void): Promise<void> {
    const [path = ''] = (request.url ?? '').split('?');
    if (!OURS.test(path)) {
      next();
      return;
    }
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-store');
    try {
      checkPath(path);
      checkMethod(request.method);
      // What is read to its end here, the host's parser leaves alone.
      request.body = request.method === 'GET' ? await noBody(request) : await jsonBody(request);
    } catch (error) {
      if (error instanceof AdminRefusal) this.refuse(request, response, error);
      else request.destroy();
      return;
    }
    next();
  }

  private refuse(
    request: Entering,
    response: ServerResponse,
    { status, code, problem, cure, headers }: AdminRefusal,
  ): void {
    request.adminRefusal = code;
    if (request.method !== 'GET') this.log.follow(request, response);
    response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers });
    response.end(JSON.stringify({ code, message: problem, cure }));
  }
}

interface Entering extends IncomingMessage, Omit<AdminRequest, keyof IncomingMessage> {
  body?: unknown;
}

/** A path that cannot be read would be refused in the host's own words. @throws AdminRefusal 400 */
function checkPath(path: string): void {
  try {
    decodeURIComponent(path);
  } catch {
    throw new AdminRefusal(
      400,
      'invalid_path',
      'The path cannot be read.',
      'Write each % as %25, or as the first of two hexadecimal digits.',
    );
  }
}

/** What answers a GET would answer HEAD too, and some of it without end. @throws AdminRefusal 405 */
function checkMethod(method: string | undefined): void {
  if (method !== 'HEAD') return;
  throw new AdminRefusal(405, 'method_not_allowed', 'HEAD is no way to ask this.', 'Use GET.', {
    Allow: 'GET',
  });
}

import {
  BadRequestException,
  Controller,
  Get,
  Inject,
  Optional,
  Param,
  Query,
  Req,
  Res,
  ServiceUnavailableException,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { CrossfadeError, EventProvider, type Chat, type UserEvent } from '../../index.js';
import { Serving } from '../health/serving.js';
import { OpenStreams } from './open-streams.js';
import { listTypeOf } from './resync-notice.js';
import { SseStream, type SseOptions } from './sse-stream.js';

/** How the streams of a host are bounded and counted; a provider that a host may leave out. */
export const SSE_OPTIONS = Symbol('SSE_OPTIONS');

/** `GET /events/:uid[?space_code=…&thread_key=…]`: a user's events as Server-Sent Events, one envelope each. */
@Controller('events')
export class EventsController {
  constructor(
    @Inject(EventProvider) private readonly events: EventProvider,
    @Inject(Serving) private readonly serving: Serving,
    @Optional() @Inject(SSE_OPTIONS) private readonly options: SseOptions = {},
    @Optional() @Inject(OpenStreams) private readonly streams?: OpenStreams,
  ) {}

  @Get(':uid')
  read(
    @Param('uid') uid: string,
    @Query('space_code') spaceCode: unknown,
    @Query('thread_key') threadKey: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): void {
    if (this.serving.state === 'draining')
      throw new ServiceUnavailableException({
        error: 'draining',
        message: 'This process is ending. Connect to another one.',
      });
    const chat = chatOf(spaceCode, threadKey);
    // Asked before the first byte is written: a uid that cannot be is a 400, not a stream that stays empty.
    const events = refusing(() => this.events.stream(uid, chat === undefined ? {} : { chat }));
    const stream = new SseStream(response, uid, this.options);
    this.streams?.add(stream);
    const route = new RouteLine(stream, () => this.events.route(uid).stage);
    const subscription = events.subscribe({
      next: (event) => {
        route.tell(event);
        tell(stream, event);
      },
      // The module is closing: the screen may look for another process.
      error: () => {
        stream.end();
      },
    });
    request.on('close', () => {
      stream.end();
    });
    stream.onEnd(() => {
      subscription.unsubscribe();
    });
  }
}

/** Tells stage and source, as an event named `route`, before the first event and whenever either changes. */
class RouteLine {
  private told = '';

  constructor(
    private readonly stream: SseStream,
    private readonly stage: () => string,
  ) {}

  tell({ source }: UserEvent): void {
    const line = { stage: this.stage(), source };
    const text = `${line.stage} ${line.source}`;
    if (text === this.told) return;
    this.told = text;
    this.stream.tell('route', line, 'route');
  }
}

/** What JSON cannot say (a legacy item may hold such) is told by its type, as an event named `unwritable`. */
function tell(stream: SseStream, { type, envelope }: UserEvent): void {
  try {
    stream.tell(undefined, envelope, listTypeOf(type));
  } catch {
    stream.tell('unwritable', { type });
  }
}

function chatOf(spaceCode: unknown, threadKey: unknown): Chat | undefined {
  if (spaceCode === undefined && threadKey === undefined) return undefined;
  // What is no string is refused by the module, with the cure.
  return { spaceCode: spaceCode as string, threadKey: threadKey as string };
}

function refusing<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof CrossfadeError)
      throw new BadRequestException({ error: error.code, message: error.message });
    throw error;
  }
}

import { Controller, Inject, Optional, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Admission } from './admission.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { MAX_LEGACY_BODIES, MAX_LEGACY_BODY_BYTES } from './gateway-limits.js';
import { readLegacyBatch } from './legacy-batch.js';
import { LegacyFeed } from './legacy-feed.js';
import { readBody } from './read-body.js';
import { Refusal } from './refusal.js';

/** `POST /legacy/events`: what the legacy side of a backend says, one entry or a batch. */
@Controller('legacy/events')
export class LegacyController {
  private reading = 0;

  constructor(
    @Inject(Admission) private readonly admission: Admission,
    @Inject(GatewayMetrics) private readonly metrics: GatewayMetrics,
    @Optional() @Inject(LegacyFeed) private readonly feed?: LegacyFeed,
  ) {}

  @Post()
  async take(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { status, body } = await this.answerTo(request);
    // A body that was not read to its end would be taken for the next request.
    if (!request.complete) response.set('Connection', 'close');
    if (!response.destroyed) response.status(status).json(body);
  }

  private async answerTo(request: Request): Promise<{ status: number; body: unknown }> {
    const admitted = await this.admission.toFeed(request);
    if (admitted instanceof Refusal) {
      this.metrics.refused(admitted.reason);
      return { status: admitted.status, body: admitted.body };
    }
    if (this.feed === undefined)
      return failure(410, 'retired', 'Legacy is retired here (CROSSFADE_LEGACY). Take the bridge out.');
    // A page cannot send this type to another origin without asking first, and is refused then.
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
      return failure(415, 'not_json', 'Send Content-Type: application/json.');
    if (this.reading >= MAX_LEGACY_BODIES)
      return failure(
        503,
        'busy',
        'As many batches are being read as may be. Send this one again in a moment.',
      );
    this.reading++;
    const body = await readBody(request, MAX_LEGACY_BODY_BYTES).finally(() => {
      this.reading--;
    });
    if (body === 'too_large')
      return failure(413, 'too_large', `Send ${MAX_LEGACY_BODY_BYTES} bytes at most in one batch.`);
    if (body === 'broken') return failure(400, 'bad_request', 'The body ended early. Send it again.');
    return resultOf(this.feed, body.text);
  }
}

function resultOf(feed: LegacyFeed, text: string): { status: number; body: unknown } {
  const batch = readLegacyBatch(text);
  if (typeof batch === 'string') return failure(400, 'bad_request', batch);
  const { refused } = batch;
  return { status: refused.length === 0 ? 202 : 400, body: { ...feed.take(batch), refused } };
}

function failure(status: number, error: string, message: string): { status: number; body: unknown } {
  return { status, body: { error, message } };
}

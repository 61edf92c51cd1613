import type { ServerResponse } from 'node:http';
import {
  Controller,
  Get,
  Inject,
  Query,
  Res,
  UseFilters,
  UseGuards,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import type { RecordingRequest } from '../../comparing/tapped-comparer.js';
import { CrossfadeError } from '../../domain/errors.js';
import { isUid } from '../../domain/topic.js';
import type { CrossfadeRuntime } from '../crossfade-runtime.js';
import { CROSSFADE_RUNTIME } from '../tokens.js';
import { AdminRefusal } from './admin-refusal.js';
import { AdminGuard, ForOperators } from './admin.guard.js';
import { CrossfadeErrorFilter } from './crossfade-error.filter.js';
import { RecordStream } from './record-stream.js';

const MAX_SECONDS = 3_600;
const MAX_UIDS = 1_000;

/**
 * `GET /crossfade/api/record[?seconds=60&uid=…&uid=…&values=true]`: what both sources say of the users who are
 * compared on this replica, as a recording (NDJSON) that `crossfade compare` reads. It ends when the time is over or
 * whoever reads has left. For operators, because it shows data.
 */
@Controller('crossfade/api/record')
@UseGuards(AdminGuard)
@UseFilters(CrossfadeErrorFilter)
export class RecordController implements BeforeApplicationShutdown {
  constructor(@Inject(CROSSFADE_RUNTIME) private readonly runtime: CrossfadeRuntime) {}

  @Get()
  @ForOperators()
  record(
    @Query('seconds') seconds: unknown,
    @Query('uid') uid: unknown,
    @Query('values') values: unknown,
    @Res() response: ServerResponse,
  ): void {
    const request = { forMs: msOf(seconds), uids: uidsOf(uid), withValues: isYes(values) };
    const { tapped } = this.runtime;
    if (tapped === undefined)
      throw new CrossfadeError(
        'nothing_is_compared',
        'Nothing is compared in this process.',
        'Ask a backend whose mode is local or prod, and whose legacy source is not retired.',
      );
    const stream = new RecordStream(response);
    stream.follow(tapped.record(request, stream));
  }

  /** A recording must not hold up a process that is closing. */
  beforeApplicationShutdown(): void {
    this.runtime.tapped?.close();
  }
}

function msOf(seconds: unknown): RecordingRequest['forMs'] {
  const whole = Number(seconds ?? 60);
  if (Number.isInteger(whole) && whole >= 1 && whole <= MAX_SECONDS) return whole * 1_000;
  throw refused(`seconds is no whole number from 1 to ${MAX_SECONDS}.`, 'Give one.');
}

function uidsOf(uid: unknown): RecordingRequest['uids'] {
  if (uid === undefined) return undefined;
  const uids: unknown[] = [uid].flat();
  if (uids.length <= MAX_UIDS && uids.every(isUid)) return new Set(uids);
  throw refused(`uid is no uid, or there are more than ${MAX_UIDS}.`, 'Name each by uid=….');
}

function isYes(values: unknown): boolean {
  if (values === undefined || values === 'false') return false;
  if (values === 'true') return true;
  throw refused('values is neither true nor false.', 'Write one of them.');
}

function refused(problem: string, cure: string): AdminRefusal {
  return new AdminRefusal(400, 'invalid_query', problem, cure);
}

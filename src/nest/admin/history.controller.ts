import { Controller, Get, Inject, Query, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { RolloutEvent } from '../../domain/decision.js';
import { entryText } from '../tools/entry-text.js';
import { AdminGuard } from './admin.guard.js';
import { AdminRefusal } from './admin-refusal.js';
import { CrossfadeErrorFilter } from './crossfade-error.filter.js';
import { RolloutDesk } from './rollout-desk.js';

/** A part of the record, newest first. */
export interface HistoryPage {
  readonly entries: readonly HistoryEntry[];
  /** what to give as `before` to go on; left out at the beginning of the record */
  readonly next?: number;
}

/** One line of the record. */
export interface HistoryEntry {
  readonly sequence: number;
  /** milliseconds since 1970 */
  readonly atMs: number;
  readonly actor: string;
  /** the address a person's word came from */
  readonly from?: string;
  readonly kind: RolloutEvent['kind'];
  readonly text: string;
}

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most)
    .optional();

/** What may be asked for in the query of `history`. */
const QUERY = z.object({
  limit: whole(1, 500),
  before: whole(1, Number.MAX_SAFE_INTEGER),
  looks: z.enum(['true', 'false']).optional(),
});

/** `GET /crossfade/api/history[?limit=50&before=…&looks=true]`: what was decided, by whom and why, newest first. */
@Controller('crossfade/api/history')
@UseGuards(AdminGuard)
@UseFilters(CrossfadeErrorFilter)
export class HistoryController {
  constructor(@Inject(RolloutDesk) private readonly desk: RolloutDesk) {}

  @Get()
  read(@Query() query: unknown): Promise<HistoryPage> {
    const asked = QUERY.safeParse(query);
    if (!asked.success)
      throw new AdminRefusal(
        400,
        'invalid_query',
        `${String(asked.error.issues[0]?.path[0] ?? 'The query')} will not do.`,
        'Give limit (1 to 500), before (a whole number) and looks (true or false), each once.',
      );
    const { limit = 50, before, looks } = asked.data;
    return this.desk.with(async (rollout) => {
      const wish = { limit, looks: looks === 'true', ...(before !== undefined && { before }) };
      const { entries, next } = await rollout.page(wish);
      const told = entries.map((entry) => {
        const { sequence, atMs, actor, from, event } = entry;
        const whence = from === undefined ? {} : { from };
        return { sequence, atMs, actor, ...whence, kind: event.kind, text: entryText(entry) };
      });
      return { entries: told, ...(next !== undefined && { next }) };
    });
  }
}

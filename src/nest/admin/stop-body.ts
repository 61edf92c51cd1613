import { BadRequestException } from '@nestjs/common';
import { z } from 'zod';
import type { StopWish } from '../../domain/stop-state.js';

/** An epoch is a time of day, and no clock is wrong by more than this. */
const FAR_AHEAD_MS = 86_400_000;

// What is too long is cut where it is kept: nobody who stops in a hurry is turned away for that.
const SAID = { why: z.string().default(''), by: z.string().default('') };
const WORD = z.strictObject({ ...SAID, epoch: z.int().min(1).optional() });
const ANSWER = z.strictObject({ ...SAID, over: z.int().min(0).optional() });

/** Who said it where the body does not: the API knows nobody by name. */
const SOMEBODY = 'an operator by HTTP';

/** @throws BadRequestException with what is wrong and what to send instead */
export function stopWishOf(body: unknown, nowMs: number): StopWish {
  const { epoch, ...said } = read(WORD, body, 'epoch');
  if (epoch !== undefined && epoch > nowMs + FAR_AHEAD_MS)
    throw new BadRequestException(
      'epoch is more than a day ahead of this replica. Leave it out, or see to the clocks.',
    );
  return { stopped: true, ...named(said), ...(epoch !== undefined && { epoch }) };
}

/** @throws BadRequestException with what is wrong and what to send instead */
export function startWishOf(body: unknown): StopWish {
  const { over, ...said } = read(ANSWER, body, 'over');
  return { stopped: false, ...named(said), ...(over !== undefined && { over }) };
}

function named({ why, by }: { readonly why: string; readonly by: string }): Pick<StopWish, 'why' | 'by'> {
  return { why, by: by.trim() === '' ? SOMEBODY : by };
}

/** No body is one that says nothing. */
function read<T extends z.ZodType>(schema: T, body: unknown, number: string): z.output<T> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new BadRequestException(
    `${where === '' ? 'The body' : where} will not do. Send a JSON object (Content-Type: application/json) with the texts why and by, and ${number} where a word is passed on; each may be left out.`,
  );
}

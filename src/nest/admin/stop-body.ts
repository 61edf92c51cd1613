import { z } from 'zod';
import type { StopWish } from '../../domain/stop-state.js';
import { AdminRefusal } from './admin-refusal.js';

/** An epoch is a time of day. One that is further ahead is no word to be passed on as it is: nobody could answer it. */
const FAR_AHEAD_MS = 86_400_000;

// What is too long is cut where it is kept: nobody who stops in a hurry is turned away for that.
const SAID = { why: z.string().default(''), by: z.string().default('') };
const WORD = z.strictObject({ ...SAID, epoch: z.int().min(1).optional() });
const ANSWER = z.strictObject({ ...SAID, over: z.int().min(0).optional() });

/** What may be said with each word. */
export const STOP_BODIES = { stop: WORD, start: ANSWER } as const;

/** @param somebody who said it where the body does not @throws AdminRefusal 400 */
export function stopWishOf(body: unknown, somebody: string, nowMs: number): StopWish {
  const { epoch, ...said } = read(WORD, body, 'epoch');
  const believed = epoch !== undefined && epoch > nowMs + FAR_AHEAD_MS ? nowMs : epoch;
  return { stopped: true, ...named(said, somebody), ...(believed !== undefined && { epoch: believed }) };
}

/** @param somebody who said it where the body does not @throws AdminRefusal 400 */
export function startWishOf(body: unknown, somebody: string): StopWish {
  const { over, ...said } = read(ANSWER, body, 'over');
  return { stopped: false, ...named(said, somebody), ...(over !== undefined && { over }) };
}

function named(
  { why, by }: { readonly why: string; readonly by: string },
  somebody: string,
): Pick<StopWish, 'why' | 'by'> {
  return { why, by: by.trim() === '' ? somebody : by };
}

/** No body is one that says nothing. */
function read<T extends z.ZodType>(schema: T, body: unknown, number: string): z.output<T> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new AdminRefusal(
    ...([400, 'invalid_body'] as const),
    `${where === '' ? 'The body' : where} will not do.`,
    `Send a JSON object (Content-Type: application/json) with the texts why and by, and ${number} where a word is passed on; each may be left out.`,
  );
}

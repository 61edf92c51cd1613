import { z } from 'zod';
import type { ActionWish, RolloutAction } from '../tools/propose.js';
import { AdminRefusal } from './admin-refusal.js';

const STEP = z
  .number()
  .int()
  .min(0)
  .max(1_000)
  .describe('step of the plan, counted from 1; 0: before the first');

/** What may be said with each action; everything is optional, and nothing else may be said. */
export const ACTION_BODIES = {
  approve: z.strictObject({
    evidence: z
      .string()
      .regex(/^[\w-]{1,100}$/)
      .describe('only this evidence; default: what is waited for now')
      .optional(),
  }),
  pause: z.strictObject({}),
  resume: z.strictObject({}),
  widen: z.strictObject({
    toStep: STEP.optional(),
    percent: z
      .number()
      .int()
      .min(0)
      .max(100)
      .describe('the step that serves it, instead of toStep')
      .optional(),
  }),
  rollback: z.strictObject({ toStep: STEP.optional() }),
} as const satisfies Record<RolloutAction, z.ZodType>;

/** What somebody wants, with steps as the plan's index. @throws AdminRefusal 400 */
export function wishIn(action: RolloutAction, body: unknown): ActionWish {
  const read: z.ZodSafeParseResult<Said> = ACTION_BODIES[action].safeParse(body ?? {});
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new AdminRefusal(
      400,
      'invalid_body',
      `The body will not do${where === '' ? '' : ` at ${where}`}: ${issue?.message ?? 'it is wrong'}.`,
      `Say ${Object.keys(ACTION_BODIES[action].shape).join(' or ') || 'nothing'}; see crossfade/api/openapi.json.`,
    );
  }
  const { toStep, percent, evidence } = read.data;
  if (toStep !== undefined && percent !== undefined)
    throw new AdminRefusal(400, 'invalid_body', 'Both toStep and percent are given.', 'Give one of them.');
  return {
    ...(toStep !== undefined && { toStep: toStep - 1 }),
    ...(percent !== undefined && { percent }),
    ...(evidence !== undefined && { evidence }),
  };
}

interface Said {
  readonly toStep?: number | undefined;
  readonly percent?: number | undefined;
  readonly evidence?: string | undefined;
}

import type { Decision } from '../domain/decision.js';
import type { Verdict } from '../domain/verdict.js';

/** Tells people. */
export interface Notice {
  /** Returns at once and never throws; retrying is its own affair. The same notice may come twice after a crash. */
  tell(message: NoticeMessage): void;
}

export type NoticeMessage =
  | { readonly kind: 'decision'; readonly decision: Decision }
  /** a hold that has lasted; `sinceMs` is `Clock.nowMs()` of its first look */
  | { readonly kind: 'hold'; readonly verdict: Verdict; readonly sinceMs: number }
  | { readonly kind: 'hand_edit'; readonly detail: string };

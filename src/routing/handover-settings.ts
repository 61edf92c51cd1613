import { CrossfadeError } from '../domain/errors.js';

/** How users are moved from one source to the other. Times in milliseconds, all of them monotonic. */
export interface HandoverSettings {
  /**
   * The greatest lag between the two sources that a handover absorbs; 0 to 60,000, default 5,000: the time
   * after which the comparison calls a thing missing, so that whoever may be moved has lags inside it.
   * 0 leaves merging out.
   */
  readonly handoverWindowMs: number;
  /** how long the first list of a source is waited for, since a uid that is attached elsewhere gets none; 0 to 60,000, default 5,000 */
  readonly firstListTimeoutMs: number;
  /** how long Redis must have been well before a user returns to it; 0 to 600,000, default 10,000; doubled at each break within 5 minutes */
  readonly returnAfterMs: number;
  /** how long Redis may be away before legacy is opened again for users in `complete`; 0 to 600,000, default 10,000 */
  readonly reopenLegacyAfterMs: number;
  /** calls of the resync port, 1 to 10,000 a second, default 50 */
  readonly resyncsPerSecond: number;
  /** The types that legacy says too; any other is Redis's alone. Default: the two lists and `chat.message`. */
  readonly legacyTypes: ReadonlySet<string>;
}

const DEFAULTS: HandoverSettings = {
  handoverWindowMs: 5_000,
  firstListTimeoutMs: 5_000,
  returnAfterMs: 10_000,
  reopenLegacyAfterMs: 10_000,
  resyncsPerSecond: 50,
  legacyTypes: new Set(['notif.sync', 'msg.sync', 'chat.message']),
};

const NUMBERS = [
  ['handoverWindowMs', 0, 60_000],
  ['firstListTimeoutMs', 0, 60_000],
  ['returnAfterMs', 0, 600_000],
  ['reopenLegacyAfterMs', 0, 600_000],
  ['resyncsPerSecond', 1, 10_000],
] as const;

/** Fills in the defaults. @throws CrossfadeError `invalid_settings` for a number out of its bounds */
export function handoverSettings(settings: Partial<HandoverSettings> = {}): HandoverSettings {
  const filled = { ...DEFAULTS, ...settings };
  for (const [name, least, most] of NUMBERS) {
    const value = filled[name];
    if (Number.isFinite(value) && value >= least && value <= most) continue;
    throw new CrossfadeError(
      'invalid_settings',
      `The handover's ${name} is ${value}.`,
      `Give a number from ${least} to ${most}.`,
    );
  }
  return filled;
}

/** The longest that anything is remembered for merging: as long as a handover to a source that was just opened can take. */
export function rememberMs({ handoverWindowMs, firstListTimeoutMs }: HandoverSettings): number {
  return handoverWindowMs + Math.max(handoverWindowMs, firstListTimeoutMs) + SLACK_MS;
}

/** The sweep looks four times a second, and a dead link is noticed after up to two seconds. */
const SLACK_MS = 2_500;

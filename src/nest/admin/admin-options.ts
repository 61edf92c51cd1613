import type { Settings } from '../settings.js';
import type { AdminLimitsOptions } from './admin-limits.js';
import type { ActionEntry } from './action-log.js';
import type { AdminTokensOptions } from './admin-tokens.js';

/** What the admin API is mounted with. */
export interface AdminOptions extends AdminTokensOptions {
  /** By which settings a rollout is found; default those of the controller that the module carries. */
  readonly rollout?: Settings;
  /** Whether the console is served at `/crossfade`; default false. */
  readonly console?: boolean;
  /** How many requests are answered. */
  readonly limits?: AdminLimitsOptions;
  /** Told of each action when it is answered; default a line in Nest's log. */
  readonly onAction?: (entry: ActionEntry) => void;
}

import type { ActionEntry } from '../admin.js';

/** One line of the log for each action of the admin API; the services keep Nest's own log quiet. */
export function logAction(entry: ActionEntry): void {
  console.log(`action: ${JSON.stringify(entry)}`);
}

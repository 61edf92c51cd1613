import type { Settings } from '../settings.js';
import type { AdminOptions } from './admin-options.js';

/** What the admin API is mounted with as the environment says; undefined where it gives no token, and the API stays away. */
export function adminOptionsFromSettings(settings: Settings): AdminOptions | undefined {
  const { viewer, operator } = settings.admin;
  if (viewer === undefined && operator === undefined) return undefined;
  return {
    ...(viewer === undefined ? {} : { viewer: [viewer.reveal()] }),
    ...(operator === undefined ? {} : { operator: [operator.reveal()] }),
    console: settings.console,
    rollout: settings,
  };
}

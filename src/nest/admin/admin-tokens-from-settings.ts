import type { Settings } from '../settings.js';
import type { AdminTokensOptions } from './admin-tokens.js';

/** The admin API's tokens as the environment gives them; undefined where it gives none, and the API stays away. */
export function adminTokensFromSettings({ admin }: Settings): AdminTokensOptions | undefined {
  const { viewer, operator } = admin;
  if (viewer === undefined && operator === undefined) return undefined;
  return {
    ...(viewer === undefined ? {} : { viewer: [viewer.reveal()] }),
    ...(operator === undefined ? {} : { operator: [operator.reveal()] }),
  };
}

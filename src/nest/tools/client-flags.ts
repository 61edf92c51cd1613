import { readFile } from 'node:fs/promises';
import type { Clock } from '../../contracts/clock.js';
import { CrossfadeError } from '../../domain/errors.js';
import { fetchClientFeatures } from '../../flags/client-api.js';
import type { Settings } from '../settings.js';

/** Flags in Unleash's client-features format, not judged yet; or why they cannot be read, with the cure. */
export type ClientFlags = { readonly features: unknown } | { readonly problem: string };

/**
 * Reads the flags once, as a replica with these settings would.
 * @throws CrossfadeError `invalid_settings` where the settings name no place for flags
 */
export async function readClientFlags({ flagsFile, unleash }: Settings, clock: Clock): Promise<ClientFlags> {
  if (flagsFile !== undefined) return readFlagFile(flagsFile);
  if (unleash === undefined) throw noPlaceForFlags();
  return fetchClientFeatures({ url: unleash.url, token: unleash.token.reveal() }, clock);
}

/** Nothing in the settings says where the flags live. */
export function noPlaceForFlags(): CrossfadeError {
  return new CrossfadeError(
    'invalid_settings',
    'Nothing says where the flags live.',
    'Set CROSSFADE_UNLEASH_URL and CROSSFADE_UNLEASH_TOKEN, or CROSSFADE_FLAGS_FILE.',
  );
}

async function readFlagFile(path: string): Promise<ClientFlags> {
  try {
    return { features: JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, '')) as unknown };
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'not valid JSON' : (error as NodeJS.ErrnoException).code;
    return { problem: `The flags file ${path} cannot be read (${reason ?? 'unknown'}): mend it.` };
  }
}

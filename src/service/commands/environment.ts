import { readSettings, type Settings } from '../../tools.js';

/**
 * The settings as a backend reads them that is started here: from the environment, and from `.env` what is not set.
 * @throws CrossfadeError `invalid_settings`
 */
export function settingsFromEnvironment(): Settings {
  return readSettings(loadEnvironment());
}

/** The environment, with what only `.env` sets; nothing is judged. */
export function loadEnvironment(): NodeJS.ProcessEnv {
  try {
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return process.env;
}

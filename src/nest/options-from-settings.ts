import { readFileSync } from 'node:fs';
import type { RedisEndpoint } from '../sources/redis-link.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import type { RedisSettings, Settings } from './settings.js';

/**
 * The module's options as the environment gives them; the host adds its legacy source.
 * LISTENERS_REDIS_DB is left out on purpose: Pub/Sub knows no db number, and Serverless refuses SELECT.
 */
export function optionsFromSettings(settings: Settings): Omit<CrossfadeOptions, 'legacySource'> {
  const { mode, legacy, redis, prefixes, flagsFile, serviceUrl, presence, compareChats } = settings;
  return {
    mode,
    legacy,
    prefixes,
    compareChats,
    ...(redis === undefined ? {} : { redis: endpointOf(redis) }),
    ...(flagsFile === undefined ? {} : { flags: { file: flagsFile } }),
    ...(serviceUrl === undefined ? {} : { presence: { serviceUrl, ...presence } }),
  };
}

function endpointOf({ host, port, username, password, tls }: RedisSettings): RedisEndpoint {
  return {
    host,
    port,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...(tls === undefined
      ? {}
      : {
          tls: {
            verify: tls.verify,
            ...(tls.caFile === undefined ? {} : { ca: readFileSync(tls.caFile, 'utf8') }),
          },
        }),
  };
}

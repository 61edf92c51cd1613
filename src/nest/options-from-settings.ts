import { readFileSync } from 'node:fs';
import type { RedisEndpoint } from '../domain/redis-endpoint.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import type { RedisSettings, Settings } from './settings.js';

/**
 * The module's options as the environment gives them; the host adds its legacy source.
 * LISTENERS_REDIS_DB is left out on purpose: Pub/Sub knows no db number, and Serverless refuses SELECT.
 */
export function optionsFromSettings(settings: Settings): Omit<CrossfadeOptions, 'legacySource'> {
  const { mode, legacy, redis, prefixes, serviceUrl, presence, compareChats, selfTest, recordValues, watch } =
    settings;
  return {
    mode,
    legacy,
    prefixes,
    compareChats,
    selfTest,
    recordValues,
    watch,
    shutdownLimitMs: settings.shutdownLimitMs,
    ...(redis === undefined ? {} : { redis: endpointOf(redis) }),
    ...flagsOf(settings),
    ...(settings.stop.file === undefined ? {} : { stop: { file: settings.stop.file } }),
    ...(settings.control.embedded && mode !== 'legacy' ? { control: settings } : {}),
    ...(serviceUrl === undefined ? {} : { presence: { serviceUrl, ...presence } }),
  };
}

function flagsOf({ flagsFile, unleash }: Settings): Pick<CrossfadeOptions, 'flags'> {
  if (flagsFile !== undefined) return { flags: { file: flagsFile } };
  if (unleash === undefined) return {};
  const { url, token, pollIntervalMs, streaming, startLimitMs, storeFile, bootstrapFile } = unleash;
  const files = {
    ...(storeFile === undefined ? {} : { storeFile }),
    ...(bootstrapFile === undefined ? {} : { bootstrapFile }),
  };
  return {
    flags: { unleash: { url, token: token.reveal(), pollIntervalMs, streaming, startLimitMs, ...files } },
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

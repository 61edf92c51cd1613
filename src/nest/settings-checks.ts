import { accessSync, constants } from 'node:fs';
import { faultsOfGateway } from './gateway-settings.js';
import { nearestName } from './nearest-name.js';
import { VARIABLES, type Values } from './variables.js';

const OURS = /^(LISTENERS|CROSSFADE)_/i;
const OUR_NAMES = Object.keys(VARIABLES).filter((name) => OURS.test(name));
/** the port that the managed service keeps for reading from replicas; Pub/Sub clients go astray on it */
const READ_PORT = 6380;

/**
 * What variables that are well each for itself say wrongly together, each with its cure. A variable that could
 * not be read is no key of `values`; one that is not set is there as undefined.
 */
export function faultsBetween(values: Partial<Values>): string[] {
  const faults = [
    ...faultsOfGateway(values),
    ...faultsOfFile(
      'CROSSFADE_GATEWAY_TOKEN_PUBLIC_KEY_FILE',
      values.CROSSFADE_GATEWAY_TOKEN_PUBLIC_KEY_FILE,
    ),
    ...faultsOfConsole(values),
  ];
  // A mode that could not be read is a fault already; what it forbids is not known.
  if (!('LISTENERS_MODE' in values)) return faults;
  const mode = values.LISTENERS_MODE ?? 'legacy';
  if (mode === 'legacy') {
    if (values.CROSSFADE_LEGACY === 'retired')
      faults.push(
        'CROSSFADE_LEGACY is retired while LISTENERS_MODE is legacy: nobody would get any event. Write LISTENERS_MODE=prod (or local), or remove CROSSFADE_LEGACY.',
      );
    return faults;
  }
  if (mode === 'prod') faults.push(...faultsInProd(values));
  faults.push(...faultsOfFlags(values));
  if (hasTls(values))
    faults.push(...faultsOfFile('LISTENERS_REDIS_TLS_CA_FILE', values.LISTENERS_REDIS_TLS_CA_FILE));
  return faults;
}

function faultsOfConsole(values: Partial<Values>): string[] {
  const { CROSSFADE_CONSOLE: wanted, CROSSFADE_ADMIN_VIEWER_TOKEN: viewer } = values;
  const hasNone = viewer === undefined && values.CROSSFADE_ADMIN_OPERATOR_TOKEN === undefined;
  const areRead = 'CROSSFADE_ADMIN_VIEWER_TOKEN' in values && 'CROSSFADE_ADMIN_OPERATOR_TOKEN' in values;
  if (wanted !== true || !hasNone || !areRead) return [];
  return [
    'CROSSFADE_CONSOLE is true, and the console lets nobody in without a token. Write CROSSFADE_ADMIN_OPERATOR_TOKEN, CROSSFADE_ADMIN_VIEWER_TOKEN or both.',
  ];
}

function faultsOfFlags(values: Partial<Values>): string[] {
  const faults: string[] = [];
  if (values.CROSSFADE_UNLEASH_URL !== undefined && values.CROSSFADE_FLAGS_FILE !== undefined)
    faults.push(
      'CROSSFADE_UNLEASH_URL and CROSSFADE_FLAGS_FILE are both set, and flags come from one place. Remove one of them.',
    );
  if (
    values.CROSSFADE_UNLEASH_URL !== undefined &&
    'CROSSFADE_UNLEASH_TOKEN' in values &&
    values.CROSSFADE_UNLEASH_TOKEN === undefined
  )
    faults.push(
      'CROSSFADE_UNLEASH_TOKEN is missing, and the server turns away who brings none. Write a backend token of the environment.',
    );
  if (
    values.CROSSFADE_UNLEASH_ADMIN_TOKEN !== undefined &&
    'CROSSFADE_UNLEASH_ENVIRONMENT' in values &&
    values.CROSSFADE_UNLEASH_ENVIRONMENT === undefined
  )
    faults.push(
      'CROSSFADE_UNLEASH_ENVIRONMENT is missing, and a change must not land in the wrong one. Write the environment of the backend token, such as production.',
    );
  return faults;
}

function faultsInProd(values: Partial<Values>): string[] {
  const faults: string[] = [];
  if ('LISTENERS_REDIS_HOST' in values && values.LISTENERS_REDIS_HOST === undefined)
    faults.push(
      'LISTENERS_REDIS_HOST is missing, and prod has no default for it. Write the host name of the Redis or Valkey, such as NAME.serverless.REGION.cache.amazonaws.com.',
    );
  if (values.LISTENERS_REDIS_TLS === false)
    faults.push(
      'LISTENERS_REDIS_TLS is false, and prod requires TLS. Remove it or write true; for a Redis without TLS use LISTENERS_MODE=local.',
    );
  if ((values.LISTENERS_REDIS_DB ?? 0) !== 0)
    faults.push(
      'LISTENERS_REDIS_DB is not 0, and prod has no other. Remove it or write 0: Pub/Sub does not know db numbers.',
    );
  return faults;
}

/** What is legal but hardly meant, each with its cure. */
export function warningsAbout(env: Readonly<Record<string, unknown>>, values: Partial<Values>): string[] {
  return [...Object.keys(env).flatMap(warningAboutName), ...warningsAboutRedis(values)];
}

function warningsAboutRedis(values: Partial<Values>): string[] {
  const mode = values.LISTENERS_MODE ?? 'legacy';
  if (mode === 'legacy') return [];
  const warnings: string[] = [];
  if (values.LISTENERS_REDIS_TLS_VERIFY === false)
    warnings.push(
      'LISTENERS_REDIS_TLS_VERIFY is false: anybody on the way can pose as the Redis. Remove it, and give a private authority by LISTENERS_REDIS_TLS_CA_FILE.',
    );
  if (!hasTls(values) && values.LISTENERS_REDIS_TLS_CA_FILE !== undefined)
    warnings.push(
      'LISTENERS_REDIS_TLS_CA_FILE has no effect without TLS. Write LISTENERS_REDIS_TLS=true, or remove it.',
    );
  if (values.LISTENERS_REDIS_USERNAME !== undefined && values.LISTENERS_REDIS_PASSWORD === undefined)
    warnings.push(
      'LISTENERS_REDIS_USERNAME has no effect without a password. Write LISTENERS_REDIS_PASSWORD, or remove it.',
    );
  if (mode === 'prod' && values.LISTENERS_REDIS_PORT === READ_PORT)
    warnings.push(
      `LISTENERS_REDIS_PORT is ${READ_PORT}, which reads from replicas. Pub/Sub belongs on 6379: remove it.`,
    );
  if (values.LISTENERS_SERVICE_URL === undefined)
    warnings.push(
      'LISTENERS_SERVICE_URL is missing: nobody tells the publisher who is present, and it is silent about all others. Write its base URL, unless something else holds presence.',
    );
  return warnings;
}

/** A name that Crossfade does not read, but that looks as if it should. */
function warningAboutName(name: string): string[] {
  if (name in VARIABLES) return [];
  const isOurs = OURS.test(name);
  const nearest = nearestName(name, OUR_NAMES, isOurs ? 6 : 2);
  if (nearest === undefined && !isOurs) return [];
  const hint =
    nearest === undefined ? 'Remove it, or see .env.example for the names.' : `Did you mean ${nearest}?`;
  return [`${name} is not a variable of Crossfade. ${hint}`];
}

/** Whether the values ask for TLS, by the default of their mode. */
export function hasTls(values: Partial<Values>): boolean {
  return values.LISTENERS_REDIS_TLS ?? values.LISTENERS_MODE === 'prod';
}

function faultsOfFile(name: string, path: string | undefined): string[] {
  if (path === undefined) return [];
  try {
    accessSync(path, constants.R_OK);
    return [];
  } catch {
    return [
      `${name} names a file that cannot be read. Write the path of a PEM file that this process may read.`,
    ];
  }
}

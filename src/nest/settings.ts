import { CrossfadeError } from '../domain/errors.js';
import type { Mode } from '../domain/mode.js';
import type { RouteLimits } from '../domain/route.js';
import { DEFAULT_PREFIXES, type ChannelPrefixes } from '../domain/topic.js';
import { gatewaySettings, type GatewaySettings } from './gateway-settings.js';
import type { Secret } from './secret.js';
import { faultsBetween, hasTls, warningsAbout } from './settings-checks.js';
import { WrongText, type Kind } from './variable-kinds.js';
import { VARIABLES, type Values } from './variables.js';

/** How to reach the Redis or Valkey. */
export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  /** undefined where the link is not encrypted; `caFile` is a PEM file beside the system's authorities */
  readonly tls: { readonly verify: boolean; readonly caFile: string | undefined } | undefined;
}

/** How to reach the Unleash server. */
export interface UnleashSettings {
  /** the API's base, such as `https://unleash.example.org/api` */
  readonly url: string;
  readonly token: Secret;
  readonly pollIntervalMs: number;
  /** whether the server's stream of changes is asked for first */
  readonly streaming: boolean;
  readonly startLimitMs: number;
  /** where the flags that were read last are kept over a restart; undefined: nowhere */
  readonly storeFile: string | undefined;
  /** flags for a first start without a server; undefined: nobody leaves legacy then */
  readonly bootstrapFile: string | undefined;
  /** what may change the flags; undefined: this process only reads them */
  readonly admin: UnleashAdminSettings | undefined;
}

/** How the flags are changed at the Unleash server. */
export interface UnleashAdminSettings {
  readonly token: Secret;
  readonly project: string;
  readonly environment: string;
}

/** What a controller and the commands to it need. */
export interface ControlSettings {
  /** whether each backend carries a controller, of which one at a time acts */
  readonly embedded: boolean;
  /** undefined: crossfade.plan.yaml of the working folder, or else the default plan */
  readonly planFile: string | undefined;
  /** undefined: evidence comes from this process alone */
  readonly prometheus: { readonly url: string; readonly job: string } | undefined;
  /** where lease and record are kept as files; undefined: in the Redis or Valkey */
  readonly folder: string | undefined;
  /** between two looks, and how long a lease is held without being renewed */
  readonly lookMs: number;
  readonly leaseMs: number;
  readonly notice: { readonly url: Secret; readonly secret: Secret | undefined } | undefined;
}

/** What the environment asks for, checked and complete. */
export interface Settings {
  readonly mode: Mode;
  readonly legacy: RouteLimits['legacy'];
  /** undefined in legacy mode: then no connection may be opened */
  readonly redis: RedisSettings | undefined;
  readonly prefixes: ChannelPrefixes;
  /** the publisher's base URL, without a slash at its end; undefined where presence is not ours to hold */
  readonly serviceUrl: string | undefined;
  readonly flagsFile: string | undefined;
  /** undefined where no Unleash server is asked */
  readonly unleash: UnleashSettings | undefined;
  /** whether a chat's presence may be opened only to compare it; this can starve legacy of that chat */
  readonly compareChats: boolean;
  /** whether Redis is held against itself over a second connection */
  readonly selfTest: boolean;
  /** whether a recording may show values */
  readonly recordValues: boolean;
  /** the bearer tokens of the admin API; both undefined: it is not there */
  readonly admin: { readonly viewer: Secret | undefined; readonly operator: Secret | undefined };
  /** whether the console is served beside it */
  readonly console: boolean;
  readonly presence: { readonly opensPerSecond: number; readonly lingerMs: number };
  /** how a Redis that is up and brings nothing is found out; milliseconds, 0: not at all */
  readonly watch: { readonly canaryIntervalMs: number; readonly readyzIntervalMs: number };
  readonly stop: {
    /** where this replica keeps a stop over a restart; undefined: nowhere of its own */
    readonly file: string | undefined;
    /** base URLs of replicas that `crossfade stop` and `start` call by themselves */
    readonly replicas: readonly string[];
  };
  /** how long the orderly end may take */
  readonly shutdownLimitMs: number;
  readonly control: ControlSettings;
  /** where the process listens; port 0 is any free one */
  readonly http: { readonly host: string; readonly port: number };
  /** what this process is: the reference backend, or the gateway for a backend that is not Node */
  readonly role: 'backend' | 'gateway';
  readonly gateway: GatewaySettings;
  /** to be said at every start, each with its cure */
  readonly warnings: readonly string[];
}

/**
 * Reads the settings from environment variables; an empty one counts as not set.
 * @throws CrossfadeError `invalid_settings`, which lists all faults at once with their cures and holds no value
 */
export function readSettings(env: Readonly<Record<string, unknown>>): Settings {
  const { values, faults } = readValues(env);
  faults.push(...faultsBetween(values));
  if (faults.length > 0) {
    throw new CrossfadeError(
      'invalid_settings',
      `Crossfade cannot start: ${faults.length === 1 ? 'a setting is' : `${faults.length} settings are`} wrong.`,
      faults.map((fault) => `\n  - ${fault}`).join(''),
    );
  }
  return Object.freeze({
    mode: values.LISTENERS_MODE ?? 'legacy',
    legacy: values.CROSSFADE_LEGACY ?? 'registered',
    redis: redisSettings(values),
    prefixes: Object.freeze({
      user: values.LISTENERS_CHANNEL_PREFIX ?? DEFAULT_PREFIXES.user,
      chat: values.LISTENERS_CHAT_CHANNEL_PREFIX ?? DEFAULT_PREFIXES.chat,
    }),
    serviceUrl: values.LISTENERS_SERVICE_URL,
    flagsFile: values.CROSSFADE_FLAGS_FILE,
    unleash: unleashSettings(values),
    compareChats: values.CROSSFADE_COMPARE_CHATS ?? false,
    selfTest: values.CROSSFADE_SELF_TEST ?? false,
    recordValues: values.CROSSFADE_RECORD_VALUES ?? false,
    admin: Object.freeze({
      viewer: values.CROSSFADE_ADMIN_VIEWER_TOKEN,
      operator: values.CROSSFADE_ADMIN_OPERATOR_TOKEN,
    }),
    console: values.CROSSFADE_CONSOLE === true,
    presence: Object.freeze({
      opensPerSecond: values.CROSSFADE_PRESENCE_OPENS_PER_SECOND ?? 50,
      lingerMs: values.CROSSFADE_PRESENCE_LINGER_MS ?? 60_000,
    }),
    ...watchSettings(values),
    stop: stopSettings(values),
    control: controlSettings(values),
    http: Object.freeze({ host: values.HOST ?? '127.0.0.1', port: values.PORT ?? 3000 }),
    role: values.CROSSFADE_ROLE ?? 'backend',
    gateway: gatewaySettings(values),
    warnings: Object.freeze(warningsAbout(env, values)),
  });
}

/**
 * For `ConfigModule.forRoot({ validate: validateEnvironment })`: adds the settings under the key `crossfade`
 * and leaves the variables as they are.
 * @throws CrossfadeError `invalid_settings`
 */
export function validateEnvironment(env: Record<string, unknown>): Record<string, unknown> {
  return { ...env, crossfade: readSettings(env) };
}

function redisSettings(values: Partial<Values>): RedisSettings | undefined {
  if ((values.LISTENERS_MODE ?? 'legacy') === 'legacy') return undefined;
  return Object.freeze({
    host: values.LISTENERS_REDIS_HOST ?? '127.0.0.1',
    port: values.LISTENERS_REDIS_PORT ?? 6379,
    db: values.LISTENERS_REDIS_DB ?? 0,
    username: values.LISTENERS_REDIS_USERNAME,
    password: values.LISTENERS_REDIS_PASSWORD,
    tls: hasTls(values)
      ? Object.freeze({
          verify: values.LISTENERS_REDIS_TLS_VERIFY ?? true,
          caFile: values.LISTENERS_REDIS_TLS_CA_FILE,
        })
      : undefined,
  });
}

function watchSettings(values: Partial<Values>): Pick<Settings, 'watch' | 'shutdownLimitMs'> {
  const watch = Object.freeze({
    canaryIntervalMs: values.CROSSFADE_CANARY_MS ?? 1_000,
    readyzIntervalMs: values.CROSSFADE_PUBLISHER_READYZ_MS ?? 3_000,
  });
  return { watch, shutdownLimitMs: values.CROSSFADE_SHUTDOWN_LIMIT_MS ?? 8_000 };
}

function unleashSettings(values: Partial<Values>): UnleashSettings | undefined {
  const { CROSSFADE_UNLEASH_URL: url, CROSSFADE_UNLEASH_TOKEN: token } = values;
  if (url === undefined || token === undefined) return undefined;
  return Object.freeze({
    url,
    token,
    pollIntervalMs: values.CROSSFADE_UNLEASH_POLL_MS ?? 1000,
    streaming: values.CROSSFADE_UNLEASH_STREAMING ?? true,
    startLimitMs: values.CROSSFADE_UNLEASH_START_LIMIT_MS ?? 5_000,
    storeFile: values.CROSSFADE_UNLEASH_STORE_FILE,
    bootstrapFile: values.CROSSFADE_UNLEASH_BOOTSTRAP_FILE,
    admin: unleashAdminSettings(values),
  });
}

function stopSettings(values: Partial<Values>): Settings['stop'] {
  return Object.freeze({
    file: values.CROSSFADE_STOP_FILE,
    replicas: Object.freeze(values.CROSSFADE_REPLICAS ?? []),
  });
}

function controlSettings(values: Partial<Values>): ControlSettings {
  const { CROSSFADE_PROMETHEUS_URL: url, CROSSFADE_NOTICE_URL: webhook } = values;
  return Object.freeze({
    embedded: values.CROSSFADE_CONTROL ?? false,
    planFile: values.CROSSFADE_PLAN_FILE,
    prometheus:
      url === undefined
        ? undefined
        : Object.freeze({ url, job: values.CROSSFADE_PROMETHEUS_JOB ?? 'crossfade' }),
    folder: values.CROSSFADE_CONTROL_FOLDER,
    lookMs: values.CROSSFADE_CONTROL_LOOK_MS ?? 10_000,
    leaseMs: values.CROSSFADE_CONTROL_LEASE_MS ?? 30_000,
    notice:
      webhook === undefined
        ? undefined
        : Object.freeze({ url: webhook, secret: values.CROSSFADE_NOTICE_SECRET }),
  });
}

function unleashAdminSettings(values: Partial<Values>): UnleashAdminSettings | undefined {
  const { CROSSFADE_UNLEASH_ADMIN_TOKEN: token, CROSSFADE_UNLEASH_ENVIRONMENT: environment } = values;
  if (token === undefined || environment === undefined) return undefined;
  return Object.freeze({ token, project: values.CROSSFADE_UNLEASH_PROJECT ?? 'default', environment });
}

/** Each variable for itself, so that one fault hides no other. */
function readValues(env: Readonly<Record<string, unknown>>): { values: Partial<Values>; faults: string[] } {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, kind] of Object.entries<Kind<unknown>>(VARIABLES)) {
    try {
      const text = present(name, env[name]);
      values[name] = text === undefined ? undefined : kind(text);
    } catch (error) {
      if (!(error instanceof WrongText)) throw error;
      faults.push(`${name} ${error.message}`);
    }
  }
  return { values, faults };
}

/** A password keeps its spaces; anything else does not mean them. @throws WrongText */
function present(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new WrongText('is no text. See .env.example.');
  const text = name === 'LISTENERS_REDIS_PASSWORD' ? value : value.trim();
  return text === '' ? undefined : text;
}

import { MODES, type Mode } from '../domain/mode.js';
import { GATEWAY_VARIABLES } from './gateway-variables.js';
import {
  ADMIN_TOKEN,
  choice,
  HOST,
  intervalOrNone,
  LOGIN,
  NAME,
  NOTICE_URL,
  PATH,
  PREFIX,
  REPLICAS,
  SECRET,
  SERVICE_URL,
  TEXT,
  wholeNumber,
  WrongText,
  YES_OR_NO,
  type Kind,
} from './variable-kinds.js';

/** One of the modes, or the word that French documents have for legacy. */
const MODE: Kind<Mode> = (text) => {
  const word = text.toLowerCase() === 'actuel' ? 'legacy' : text.toLowerCase();
  const mode = MODES.find((known) => known === word);
  if (mode !== undefined) return mode;
  throw new WrongText(`is none of ${MODES.join(', ')} (or actuel for legacy). Write one of these.`);
};

/** Every environment variable that Crossfade reads. `.env.example` says in plain words what each is for. */
export const VARIABLES = {
  LISTENERS_MODE: MODE,
  LISTENERS_REDIS_HOST: HOST,
  LISTENERS_REDIS_PORT: wholeNumber(1, 65_535, 6379),
  LISTENERS_REDIS_USERNAME: LOGIN,
  LISTENERS_REDIS_PASSWORD: SECRET,
  LISTENERS_REDIS_TLS: YES_OR_NO,
  LISTENERS_REDIS_TLS_VERIFY: YES_OR_NO,
  LISTENERS_REDIS_TLS_CA_FILE: PATH,
  LISTENERS_REDIS_DB: wholeNumber(0, 9999, 0),
  LISTENERS_CHANNEL_PREFIX: PREFIX,
  LISTENERS_CHAT_CHANNEL_PREFIX: PREFIX,
  LISTENERS_SERVICE_URL: SERVICE_URL,
  CROSSFADE_LEGACY: choice('registered', 'retired'),
  CROSSFADE_FLAGS_FILE: PATH,
  CROSSFADE_UNLEASH_URL: SERVICE_URL,
  CROSSFADE_UNLEASH_TOKEN: SECRET,
  CROSSFADE_UNLEASH_POLL_MS: wholeNumber(100, 60_000, 1000),
  CROSSFADE_UNLEASH_STREAMING: YES_OR_NO,
  CROSSFADE_UNLEASH_START_LIMIT_MS: wholeNumber(100, 60_000, 5000),
  CROSSFADE_UNLEASH_STORE_FILE: TEXT,
  CROSSFADE_UNLEASH_BOOTSTRAP_FILE: PATH,
  CROSSFADE_UNLEASH_ADMIN_TOKEN: SECRET,
  CROSSFADE_UNLEASH_PROJECT: NAME,
  CROSSFADE_UNLEASH_ENVIRONMENT: NAME,
  CROSSFADE_COMPARE_CHATS: YES_OR_NO,
  CROSSFADE_SELF_TEST: YES_OR_NO,
  CROSSFADE_RECORD_VALUES: YES_OR_NO,
  CROSSFADE_CANARY_MS: intervalOrNone(100, 60_000, 1_000),
  CROSSFADE_PUBLISHER_READYZ_MS: intervalOrNone(500, 60_000, 3_000),
  CROSSFADE_SHUTDOWN_LIMIT_MS: wholeNumber(0, 600_000, 8_000),
  CROSSFADE_PRESENCE_OPENS_PER_SECOND: wholeNumber(1, 10_000, 50),
  CROSSFADE_PRESENCE_LINGER_MS: wholeNumber(0, 3_600_000, 60_000),
  CROSSFADE_ADMIN_VIEWER_TOKEN: ADMIN_TOKEN,
  CROSSFADE_ADMIN_OPERATOR_TOKEN: ADMIN_TOKEN,
  CROSSFADE_CONSOLE: YES_OR_NO,
  CROSSFADE_STOP_FILE: PATH,
  CROSSFADE_REPLICAS: REPLICAS,
  CROSSFADE_CONTROL: YES_OR_NO,
  CROSSFADE_PLAN_FILE: PATH,
  CROSSFADE_PROMETHEUS_URL: SERVICE_URL,
  CROSSFADE_PROMETHEUS_JOB: NAME,
  CROSSFADE_CONTROL_FOLDER: PATH,
  CROSSFADE_CONTROL_LOOK_MS: wholeNumber(200, 600_000, 10_000),
  CROSSFADE_CONTROL_LEASE_MS: wholeNumber(1_000, 600_000, 30_000),
  CROSSFADE_NOTICE_URL: NOTICE_URL,
  CROSSFADE_NOTICE_SECRET: SECRET,
  HOST,
  PORT: wholeNumber(0, 65_535, 3000),
  CROSSFADE_ROLE: choice('backend', 'gateway'),
  ...GATEWAY_VARIABLES,
};

/** What the variables say; undefined where one is not set. */
export type Values = {
  readonly [Name in keyof typeof VARIABLES]: ReturnType<(typeof VARIABLES)[Name]> | undefined;
};

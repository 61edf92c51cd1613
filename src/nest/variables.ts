import { z } from 'zod';
import { MODES } from '../domain/mode.js';
import { Secret } from './secret.js';

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;
const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;
const IPV6 = /^(?=.*:.*:)[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9_.-]{1,32})?$/;

// Every message is `what is wrong. What to write instead.` and never holds the value: it may be a secret
// that stands in the wrong place.
const YES_OR_NO = z
  .stringbool({
    truthy: ['true', '1'],
    falsy: ['false', '0'],
    error: 'is neither true nor false. Write true or false.',
  })
  .optional();

const wholeNumber = (min: number, max: number, example: number) =>
  z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `is not a whole number from ${min} to ${max}. Write one, such as ${example}.`,
    })
    .transform(Number)
    .optional();

const HOST = z
  .string()
  .transform((text) => text.replace(/^\[(.*)\]$/, '$1'))
  .refine((text) => HOST_NAME.test(text) || IPV6.test(text), {
    error:
      'is not the bare name or address of a host. Write it without scheme, login, port or path, such as 127.0.0.1.',
  })
  .optional();

const PREFIX = z
  .string()
  .refine((text) => /^[\x21-\x7e]{1,64}$/.test(text), {
    error: 'is not 1 to 64 visible ASCII characters. Write the very prefix that the publisher uses.',
  })
  .optional();

const SECRET_TEXT = z.string().refine((text) => !CONTROL.test(text), {
  error: 'holds a control character, often a line break at its end. Write it without.',
});

const LOGIN = SECRET_TEXT.optional();

const SECRET = LOGIN.transform((text) => (text === undefined ? undefined : new Secret(text)));

const ADMIN_TOKEN = SECRET_TEXT.refine((text) => text.length >= 16, {
  error: 'is easily guessed. Write 16 characters or more, such as those of openssl rand -hex 24.',
})
  .transform((text) => new Secret(text))
  .optional();

const PATH = z
  .string()
  .refine((text) => !CONTROL.test(text), {
    error: 'holds a control character. Write the path of a file.',
  })
  .optional();

const NAME = z
  .string()
  .refine((text) => /^[\w.~-]{1,100}$/.test(text), {
    error:
      'is no name of Unleash. Write 1 to 100 of the characters A-Z a-z 0-9 - _ . ~, as its pages show it.',
  })
  .optional();

const SERVICE_URL = z
  .string()
  .refine(isServiceUrl, {
    error:
      'is not a base URL. Write http:// or https:// with host and port and no login, query or fragment, such as http://127.0.0.1:8080.',
  })
  .transform((text) => text.replace(/\/+$/, ''))
  .optional();

const choice = <T extends string>(values: readonly [T, ...T[]]) =>
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(values, { error: `is none of ${values.join(', ')}. Write one of these.` }))
    .optional();

/** Every environment variable that Crossfade reads. `.env.example` says in plain words what each is for. */
export const VARIABLES = z.object({
  LISTENERS_MODE: z
    .string()
    .transform((text) => (text.toLowerCase() === 'actuel' ? 'legacy' : text.toLowerCase()))
    .pipe(
      z.enum(MODES, { error: `is none of ${MODES.join(', ')} (or actuel for legacy). Write one of these.` }),
    )
    .optional(),
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
  CROSSFADE_LEGACY: choice(['registered', 'retired']),
  CROSSFADE_FLAGS_FILE: PATH,
  CROSSFADE_UNLEASH_URL: SERVICE_URL,
  CROSSFADE_UNLEASH_TOKEN: SECRET,
  CROSSFADE_UNLEASH_POLL_MS: wholeNumber(100, 60_000, 1000),
  CROSSFADE_UNLEASH_STREAMING: YES_OR_NO,
  CROSSFADE_UNLEASH_START_LIMIT_MS: wholeNumber(100, 60_000, 5000),
  CROSSFADE_UNLEASH_STORE_FILE: z.string().optional(),
  CROSSFADE_UNLEASH_BOOTSTRAP_FILE: PATH,
  CROSSFADE_UNLEASH_ADMIN_TOKEN: SECRET,
  CROSSFADE_UNLEASH_PROJECT: NAME,
  CROSSFADE_UNLEASH_ENVIRONMENT: NAME,
  CROSSFADE_COMPARE_CHATS: YES_OR_NO,
  CROSSFADE_SELF_TEST: YES_OR_NO,
  CROSSFADE_RECORD_VALUES: YES_OR_NO,
  CROSSFADE_PRESENCE_OPENS_PER_SECOND: wholeNumber(1, 10_000, 50),
  CROSSFADE_PRESENCE_LINGER_MS: wholeNumber(0, 3_600_000, 60_000),
  CROSSFADE_ADMIN_VIEWER_TOKEN: ADMIN_TOKEN,
  CROSSFADE_ADMIN_OPERATOR_TOKEN: ADMIN_TOKEN,
  HOST,
  PORT: wholeNumber(0, 65_535, 3000),
});

/** What the variables say; undefined where one is not set. */
export type Values = z.output<typeof VARIABLES>;

function isServiceUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s?#@]+$/i.test(text)) return false;
  return URL.canParse(text);
}

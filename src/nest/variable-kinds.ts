import { z } from 'zod';
import { Secret } from './secret.js';

/** A character that belongs into no name, path or secret. */
// eslint-disable-next-line no-control-regex
export const CONTROL = /[\u0000-\u001f\u007f]/;
const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;
const IPV6 = /^(?=.*:.*:)[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9_.-]{1,32})?$/;

// Every message is `what is wrong. What to write instead.` and never holds the value: it may be a secret
// that stands in the wrong place.
/** `true`, `1`, `false` or `0`. */
export const YES_OR_NO = z
  .stringbool({
    truthy: ['true', '1'],
    falsy: ['false', '0'],
    error: 'is neither true nor false. Write true or false.',
  })
  .optional();

/** A whole number within bounds; `example` is what the message proposes. */
export const wholeNumber = (min: number, max: number, example: number) =>
  z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `is not a whole number from ${min} to ${max}. Write one, such as ${example}.`,
    })
    .transform(Number)
    .optional();

/** Milliseconds between two times, or 0 for never. */
export const intervalOrNone = (min: number, max: number, example: number) =>
  z
    .string()
    .refine(
      (text) =>
        /^\d{1,9}$/.test(text) && (Number(text) === 0 || (Number(text) >= min && Number(text) <= max)),
      {
        error: `is neither 0 nor a whole number from ${min} to ${max}. Write one, such as ${example}, or 0 for never.`,
      },
    )
    .transform(Number)
    .optional();

/** The bare name or address of a host. */
export const HOST = z
  .string()
  .transform((text) => text.replace(/^\[(.*)\]$/, '$1'))
  .refine((text) => HOST_NAME.test(text) || IPV6.test(text), {
    error:
      'is not the bare name or address of a host. Write it without scheme, login, port or path, such as 127.0.0.1.',
  })
  .optional();

/** What stands before a uid in a channel's name. */
export const PREFIX = z
  .string()
  .refine((text) => /^[\x21-\x7e]{1,64}$/.test(text), {
    error: 'is not 1 to 64 visible ASCII characters. Write the very prefix that the publisher uses.',
  })
  .optional();

/** A text that a person must not see, still readable. */
/** A text that prints as `[secret]`. */
export const SECRET_TEXT = z.string().refine((text) => !CONTROL.test(text), {
  error: 'holds a control character, often a line break at its end. Write it without.',
});

/** A name or password as it is. */
export const LOGIN = SECRET_TEXT.optional();

export const SECRET = LOGIN.transform((text) => (text === undefined ? undefined : new Secret(text)));

/** A bearer token of the admin API. */
export const ADMIN_TOKEN = SECRET_TEXT.refine((text) => text.length >= 16, {
  error: 'is easily guessed. Write 16 characters or more, such as those of openssl rand -hex 24.',
})
  .transform((text) => new Secret(text))
  .optional();

/** The path of a file. */
export const PATH = z
  .string()
  .refine((text) => !CONTROL.test(text), {
    error: 'holds a control character. Write the path of a file.',
  })
  .optional();

/** A project or an environment of Unleash. */
export const NAME = z
  .string()
  .refine((text) => /^[\w.~-]{1,100}$/.test(text), {
    error:
      'is no name of Unleash. Write 1 to 100 of the characters A-Z a-z 0-9 - _ . ~, as its pages show it.',
  })
  .optional();

/** A base URL, without a slash at its end. */
export const SERVICE_URL = z
  .string()
  .refine(isServiceUrl, {
    error:
      'is not a base URL. Write http:// or https:// with host and port and no login, query or fragment, such as http://127.0.0.1:8080.',
  })
  .transform((text) => text.replace(/\/+$/, ''))
  .optional();

/** One of a few words, in whatever case. */
/** A webhook's address may carry a secret in its path or query. */
export const NOTICE_URL = z
  .string()
  .refine((text) => /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text), {
    error: 'is not the address of a webhook. Write it whole, with http:// or https://.',
  })
  .transform((text) => new Secret(text))
  .optional();

export const choice = <T extends string>(values: readonly [T, ...T[]]) =>
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(values, { error: `is none of ${values.join(', ')}. Write one of these.` }))
    .optional();

/** Base URLs, parted by commas, without a slash at their ends. */
export const REPLICAS = z
  .string()
  .transform((text) => text.split(',').map((url) => url.trim().replace(/\/+$/, '')))
  .refine((urls) => urls.every(isServiceUrl), {
    error:
      'holds something that is no base URL. Write http:// or https:// with host and port, parted by commas, such as http://10.0.0.7:3000,http://10.0.0.8:3000.',
  })
  .optional();

function isServiceUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s?#@]+$/i.test(text)) return false;
  return URL.canParse(text);
}

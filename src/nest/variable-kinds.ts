import { Secret } from './secret.js';

/**
 * Reads the text of one variable, which is never empty. It throws a `WrongText` where it cannot.
 * By hand and not by a library: any that was tried is a third of what there is to load at a start.
 */
export type Kind<T> = (text: string) => T;

/** `message` is `what is wrong. What to write instead.` and never holds the text: it may be a secret in the wrong place. */
export class WrongText extends Error {
  override readonly name = 'WrongText';
}

/** A character that belongs into no name, path or secret. */
// eslint-disable-next-line no-control-regex
export const CONTROL = /[\u0000-\u001f\u007f]/;
const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;
const IPV6 = /^(?=.*:.*:)[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9_.-]{1,32})?$/;

/** The text as it is, where it holds. */
export function textThat(holds: (text: string) => boolean, error: string): Kind<string> {
  return (text) => {
    if (!holds(text)) throw new WrongText(error);
    return text;
  };
}

/** Any text. */
export const TEXT: Kind<string> = (text) => text;

/** `true`, `1`, `false` or `0`. */
export const YES_OR_NO: Kind<boolean> = (text) => {
  const word = text.toLowerCase();
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  throw new WrongText('is neither true nor false. Write true or false.');
};

/** A whole number within bounds; `example` is what the message proposes. */
export function wholeNumber(min: number, max: number, example: number): Kind<number> {
  return (text) => {
    const number = Number(text);
    if (/^\d{1,9}$/.test(text) && number >= min && number <= max) return number;
    throw new WrongText(`is not a whole number from ${min} to ${max}. Write one, such as ${example}.`);
  };
}

/** Milliseconds between two times, or 0 for never. */
export function intervalOrNone(min: number, max: number, example: number): Kind<number> {
  return (text) => {
    const number = Number(text);
    if (/^\d{1,9}$/.test(text) && (number === 0 || (number >= min && number <= max))) return number;
    throw new WrongText(
      `is neither 0 nor a whole number from ${min} to ${max}. Write one, such as ${example}, or 0 for never.`,
    );
  };
}

/** The bare name or address of a host. */
export const HOST: Kind<string> = (text) => {
  const host = text.replace(/^\[(.*)\]$/, '$1');
  if (HOST_NAME.test(host) || IPV6.test(host)) return host;
  throw new WrongText(
    'is not the bare name or address of a host. Write it without scheme, login, port or path, such as 127.0.0.1.',
  );
};

/** What stands before a uid in a channel's name. */
export const PREFIX = textThat(
  (text) => /^[\x21-\x7e]{1,64}$/.test(text),
  'is not 1 to 64 visible ASCII characters. Write the very prefix that the publisher uses.',
);

/** A name or password as it is. */
export const LOGIN = textThat(
  (text) => !CONTROL.test(text),
  'holds a control character, often a line break at its end. Write it without.',
);

/** A text that prints as `[secret]`. */
export const SECRET: Kind<Secret> = (text) => new Secret(LOGIN(text));

/** A bearer token of the admin API. */
export const ADMIN_TOKEN: Kind<Secret> = (text) => {
  if (LOGIN(text).length >= 16) return new Secret(text);
  throw new WrongText(
    'is easily guessed. Write 16 characters or more, such as those of openssl rand -hex 24.',
  );
};

/** The path of a file. */
export const PATH = textThat(
  (text) => !CONTROL.test(text),
  'holds a control character. Write the path of a file.',
);

/** A project or an environment of Unleash. */
export const NAME = textThat(
  (text) => /^[\w.~-]{1,100}$/.test(text),
  'is no name of Unleash. Write 1 to 100 of the characters A-Z a-z 0-9 - _ . ~, as its pages show it.',
);

/** A base URL, without a slash at its end. */
export const SERVICE_URL: Kind<string> = (text) => {
  if (isServiceUrl(text)) return text.replace(/\/+$/, '');
  throw new WrongText(
    'is not a base URL. Write http:// or https:// with host and port and no login, query or fragment, such as http://127.0.0.1:8080.',
  );
};

/** A webhook's address may carry a secret in its path or query. */
export const NOTICE_URL: Kind<Secret> = (text) => {
  if (/^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text)) return new Secret(text);
  throw new WrongText('is not the address of a webhook. Write it whole, with http:// or https://.');
};

/** One of a few words, in whatever case. */
export function choice<T extends string>(...values: readonly T[]): Kind<T> {
  return (text) => {
    const found = values.find((value) => value === text.toLowerCase());
    if (found !== undefined) return found;
    throw new WrongText(`is none of ${values.join(', ')}. Write one of these.`);
  };
}

/** Several, parted by commas. */
export function severalOf(each: (part: string) => string, isOne: (part: string) => boolean, error: string) {
  return (text: string): string[] => {
    const parts = text.split(',').map((part) => each(part.trim()));
    if (parts.every(isOne)) return parts;
    throw new WrongText(error);
  };
}

/** Base URLs, parted by commas, without a slash at their ends. */
export const REPLICAS = severalOf(
  (url) => url.replace(/\/+$/, ''),
  isServiceUrl,
  'holds something that is no base URL. Write http:// or https:// with host and port, parted by commas, such as http://10.0.0.7:3000,http://10.0.0.8:3000.',
);

function isServiceUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s?#@]+$/i.test(text)) return false;
  return URL.canParse(text);
}

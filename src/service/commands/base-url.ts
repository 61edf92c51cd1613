import { InvalidArgumentError } from 'commander';

/** Parses a replica's base URL. @throws InvalidArgumentError */
export function baseUrl(text: string): string {
  if (/^https?:\/\/[^\s?#@]+$/i.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
  throw new InvalidArgumentError('Give a base URL, such as http://10.0.0.7:3000.');
}

/** The same for an option that may be given several times. */
export function baseUrls(text: string, before: readonly string[]): readonly string[] {
  return [...before, baseUrl(text)];
}

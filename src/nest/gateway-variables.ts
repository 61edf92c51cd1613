import {
  CONTROL,
  LOGIN,
  PATH,
  severalOf,
  textThat,
  wholeNumber,
  WrongText,
  type Kind,
} from './variable-kinds.js';
import { Secret } from './secret.js';

const ORIGINS = severalOf(
  (origin) => origin.toLowerCase(),
  isOrigin,
  'holds something that is no origin. Write scheme and host, with a port where there is one, parted by commas, such as https://app.example.org.',
);

const SHARED_SECRET: Kind<Secret> = (text) => {
  if (Buffer.byteLength(LOGIN(text)) >= 32) return new Secret(text);
  throw new WrongText(
    'is shorter than its signature. Write 32 bytes or more, such as those of openssl rand -hex 32.',
  );
};

const CLAIM = textThat(
  (text) => !CONTROL.test(text) && text.length <= 256,
  'is not 1 to 256 characters without control characters. Write what the tokens say.',
);

/** The variables of the gateway for a backend that is not Node. */
export const GATEWAY_VARIABLES = {
  CROSSFADE_GATEWAY_TOKEN_SECRET: SHARED_SECRET,
  CROSSFADE_GATEWAY_TOKEN_PUBLIC_KEY_FILE: PATH,
  CROSSFADE_GATEWAY_TOKEN_ISSUER: CLAIM,
  CROSSFADE_GATEWAY_TOKEN_AUDIENCE: CLAIM,
  CROSSFADE_GATEWAY_ORIGINS: ORIGINS,
  CROSSFADE_GATEWAY_MAX_CONNECTIONS: wholeNumber(1, 1_000_000, 20_000),
  CROSSFADE_GATEWAY_MAX_CONNECTIONS_PER_UID: wholeNumber(1, 100_000, 50),
  CROSSFADE_GATEWAY_MAX_MESSAGE_BYTES: wholeNumber(125, 16_777_216, 65_536),
  CROSSFADE_GATEWAY_MAX_MESSAGES_PER_SECOND: wholeNumber(1, 100_000, 50),
  CROSSFADE_GATEWAY_BUFFER_BYTES: wholeNumber(16_384, 268_435_456, 1_000_000),
  CROSSFADE_GATEWAY_DRAIN_MS: wholeNumber(0, 600_000, 5_000),
};

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

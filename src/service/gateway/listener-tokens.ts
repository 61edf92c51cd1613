import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { CrossfadeError, type GatewayTokenSettings } from '../../index.js';

/** What a token that was proven says. */
export interface TokenClaims {
  /** whose events its bearer may hear; undefined for a token that is not about a user */
  readonly uid: string | undefined;
  readonly scopes: readonly string[];
  /** the time of day at which it is worth nothing any more, milliseconds */
  readonly expiresAtMs: number;
}

/** clocks of two machines may differ by this much, seconds */
const CLOCK_TOLERANCE_S = 5;
/** longer than any honest token: it is not even looked at */
const MAX_TOKEN_CHARACTERS = 8_192;

/** Proves tokens (JWT) by a shared secret (HS256) or a public key (RS256, ES256), and by nothing else. */
export class ListenerTokens {
  private readonly key: Uint8Array | KeyObject;
  private readonly algorithm: 'HS256' | 'RS256' | 'ES256';

  /** @throws CrossfadeError `invalid_settings` where the file holds no key that can be used */
  constructor(private readonly settings: GatewayTokenSettings) {
    if ('secret' in settings.key) {
      this.key = new TextEncoder().encode(settings.key.secret.reveal());
      this.algorithm = 'HS256';
    } else {
      this.key = publicKeyOf(settings.key.publicKeyFile);
      this.algorithm = this.key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
    }
  }

  /** What the token says, or in one word why it is worth nothing. Never rejects. */
  async prove(token: string): Promise<TokenClaims | 'expired' | 'invalid'> {
    if (token.length > MAX_TOKEN_CHARACTERS) return 'invalid';
    const { issuer, audience } = this.settings;
    try {
      const { payload } = await jwtVerify(token, this.key, {
        algorithms: [this.algorithm],
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['exp'],
        ...(issuer === undefined ? {} : { issuer }),
        ...(audience === undefined ? {} : { audience }),
      });
      return claimsOf(payload);
    } catch (error) {
      return error instanceof errors.JWTExpired ? 'expired' : 'invalid';
    }
  }
}

function claimsOf({ sub, scope, exp }: JWTPayload): TokenClaims {
  return {
    uid: sub,
    scopes: typeof scope === 'string' ? scope.split(' ') : [],
    expiresAtMs: ((exp ?? 0) + CLOCK_TOLERANCE_S) * 1_000,
  };
}

function publicKeyOf(file: string): KeyObject {
  const key = parsedKey(file);
  const isRsa = key?.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  const isP256 = key?.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (key !== undefined && (isRsa || isP256)) return key;
  throw new CrossfadeError(
    'invalid_settings',
    'CROSSFADE_GATEWAY_TOKEN_PUBLIC_KEY_FILE holds no public key that can be used.',
    'Give one in PEM: RSA of 2048 bits or more (RS256), or the curve P-256 (ES256).',
  );
}

function parsedKey(file: string): KeyObject | undefined {
  const pem = readFileSync(file, 'utf8');
  // A private key would do, and is in the wrong place: the gateway only proves.
  if (pem.includes('PRIVATE KEY')) return undefined;
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

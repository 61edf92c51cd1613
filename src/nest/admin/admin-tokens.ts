import { createHash, timingSafeEqual } from 'node:crypto';
import { CrossfadeError } from '../../domain/errors.js';

/** A `viewer` reads; an `operator` reads and acts. */
export type AdminRole = 'viewer' | 'operator';

/** A token, and who is named in the record where it is used; a bare one is named by its role. */
export type AdminToken = string | { readonly name: string; readonly token: string };

/** The bearer tokens of each role, 16 characters or more each. A role without a token is open to nobody. */
export interface AdminTokensOptions {
  readonly viewer?: readonly AdminToken[];
  readonly operator?: readonly AdminToken[];
}

/** Whose token it is. */
export interface AdminIdentity {
  readonly role: AdminRole;
  readonly name: string;
}

export const SHORTEST_TOKEN = 16;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,63}$/u;

/** Knows tokens only by their digest, so that a comparison takes equally long whatever was sent. */
export class AdminTokens {
  private readonly known: readonly { readonly digest: Buffer; readonly identity: AdminIdentity }[];

  /** @throws CrossfadeError `invalid_settings` for a token that is too short, or for none at all */
  constructor({ viewer = [], operator = [] }: AdminTokensOptions) {
    const given = [
      ...operator.map((token) => named(token, 'operator')),
      ...viewer.map((token) => named(token, 'viewer')),
    ];
    if (given.length === 0)
      throw refused('has no token, so nobody could use it.', 'Give a token for viewer or operator.');
    if (given.some(({ token }) => token.length < SHORTEST_TOKEN))
      throw refused('has a token that is easily guessed.', `Give ${SHORTEST_TOKEN} characters or more.`);
    if (given.some(({ identity }) => !NAME.test(identity.name)))
      throw refused(
        'has a token whose name is none.',
        'Give 1 to 64 letters, digits, spaces or any of . _ @ + - to each.',
      );
    this.known = given.map(({ token, identity }) => ({ digest: digest(token), identity }));
  }

  /** Whose token this is; undefined for a stranger. */
  identify(token: string): AdminIdentity | undefined {
    const sent = digest(token);
    let identity: AdminIdentity | undefined;
    for (const each of this.known) if (timingSafeEqual(each.digest, sent)) identity ??= each.identity;
    return identity;
  }
}

function named(given: AdminToken, role: AdminRole): { token: string; identity: AdminIdentity } {
  return typeof given === 'string'
    ? { token: given, identity: { role, name: role } }
    : { token: given.token, identity: { role, name: given.name } };
}

function refused(problem: string, cure: string): CrossfadeError {
  return new CrossfadeError('invalid_settings', `The admin API ${problem}`, cure);
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

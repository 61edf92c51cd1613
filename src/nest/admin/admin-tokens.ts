import { createHash, timingSafeEqual } from 'node:crypto';
import { CrossfadeError } from '../../domain/errors.js';

/** A `viewer` reads; an `operator` reads and acts. */
export type AdminRole = 'viewer' | 'operator';

/** The bearer tokens of each role, 16 characters or more each. A role without a token is open to nobody. */
export interface AdminTokensOptions {
  readonly viewer?: readonly string[];
  readonly operator?: readonly string[];
}

export const SHORTEST_TOKEN = 16;

/** Knows tokens only by their digest, so that a comparison takes equally long whatever was sent. */
export class AdminTokens {
  private readonly known: readonly { readonly digest: Buffer; readonly role: AdminRole }[];

  /** @throws CrossfadeError `invalid_settings` for a token that is too short, or for none at all */
  constructor({ viewer = [], operator = [] }: AdminTokensOptions) {
    if ([...viewer, ...operator].length === 0)
      throw refused('has no token, so nobody could use it.', 'Give a token for viewer or operator.');
    if ([...viewer, ...operator].some((token) => token.length < SHORTEST_TOKEN))
      throw refused('has a token that is easily guessed.', `Give ${SHORTEST_TOKEN} characters or more.`);
    this.known = [
      ...operator.map((token) => ({ digest: digest(token), role: 'operator' as const })),
      ...viewer.map((token) => ({ digest: digest(token), role: 'viewer' as const })),
    ];
  }

  /** The role of whoever sends this; undefined for a stranger. */
  roleOf(token: string): AdminRole | undefined {
    const sent = digest(token);
    let role: AdminRole | undefined;
    for (const each of this.known) if (timingSafeEqual(each.digest, sent)) role ??= each.role;
    return role;
  }
}

function refused(problem: string, cure: string): CrossfadeError {
  return new CrossfadeError('invalid_settings', `The admin API ${problem}`, cure);
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

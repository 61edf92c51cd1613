import type { IncomingMessage } from 'node:http';
import type { ListenerTokens, TokenClaims } from './listener-tokens.js';
import { Refusal } from './refusal.js';
import { tokenIn } from './token-in-request.js';

/** What a token must say to hand over legacy events, and to reach the publisher through the gateway. */
export const FEED_SCOPE = 'crossfade:feed';
export const PASS_SCOPE = 'crossfade:pass';

export interface AdmissionOptions {
  /** undefined on the loopback interface alone: then anyone on this machine is let in */
  readonly tokens: ListenerTokens | undefined;
  readonly origins: readonly string[];
}

/** Who was let in. */
export interface Admitted {
  /** the time of day until which, milliseconds; undefined: for good */
  readonly expiresAtMs: number | undefined;
}

const ANYONE: Admitted = Object.freeze({ expiresAtMs: undefined });
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** Decides who may listen, hand over and pass through. */
export class Admission {
  constructor(private readonly options: AdmissionOptions) {}

  /** A token for one uid hears no other. */
  async toListen(request: IncomingMessage, uid: string): Promise<Admitted | Refusal> {
    return this.admit(request, (claims) =>
      claims.uid === uid
        ? undefined
        : new Refusal(403, 'wrong_uid', 'This token is for another uid. Get one whose sub is the uid.'),
    );
  }

  async toFeed(request: IncomingMessage): Promise<Admitted | Refusal> {
    return this.admit(request, (claims) => lacking(FEED_SCOPE, claims));
  }

  /** Beyond this machine the publisher must not be reached by whoever only may listen. */
  async toPass(request: IncomingMessage): Promise<Admitted | Refusal> {
    return this.admit(request, (claims) => lacking(PASS_SCOPE, claims));
  }

  /** Whether a page of this origin may read what the gateway answers; a client that is no browser names none. */
  isOriginKnown(origin: string | undefined): boolean {
    if (origin === undefined || this.options.origins.includes(origin.toLowerCase())) return true;
    // A page from elsewhere that runs in a browser on this machine is not somebody on this machine.
    return this.options.tokens === undefined && LOOPBACK_ORIGIN.test(origin);
  }

  private async admit(
    request: IncomingMessage,
    objection: (claims: TokenClaims) => Refusal | undefined,
  ): Promise<Admitted | Refusal> {
    if (!this.isOriginKnown(request.headers.origin))
      return new Refusal(
        403,
        'wrong_origin',
        'Pages of this origin may not listen. Add it to CROSSFADE_GATEWAY_ORIGINS.',
      );
    const { tokens } = this.options;
    if (tokens === undefined) return ANYONE;
    const token = tokenIn(request);
    if (token === undefined)
      return new Refusal(
        401,
        'no_token',
        'Send a signed token: Authorization: Bearer …, or what docs/gateway.md names for browsers.',
      );
    const claims = await tokens.prove(token);
    if (claims === 'expired') return new Refusal(401, 'bad_token', 'This token has expired. Get a new one.');
    if (claims === 'invalid')
      return new Refusal(
        401,
        'bad_token',
        'This token is not valid here. Get one that is signed for this gateway and has an exp.',
      );
    return objection(claims) ?? { expiresAtMs: claims.expiresAtMs };
  }
}

function lacking(scope: string, { scopes }: TokenClaims): Refusal | undefined {
  if (scopes.includes(scope)) return undefined;
  return new Refusal(403, 'wrong_scope', `This token does not reach here. Get one with the scope ${scope}.`);
}

/** What the admin API turns down: its status, a code for programs, and for a person what is wrong and what to do. */
export class AdminRefusal extends Error {
  override readonly name = 'AdminRefusal';

  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 429 | 503,
    readonly code: string,
    readonly problem: string,
    readonly cure: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${problem} ${cure}`);
  }
}

/** Every answer of the admin API that is no success. */
export interface RefusalBody {
  /** for programs */
  readonly code: string;
  /** what is wrong */
  readonly message: string;
  /** what to do about it */
  readonly cure: string;
}

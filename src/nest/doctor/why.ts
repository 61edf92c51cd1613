interface Broken {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: { readonly code?: unknown };
}

/** What broke, in a word or a short line that holds no secret; for a request that was not answered, its code. */
export function why(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'for an unknown reason';
  const { name, message, code, cause } = error as Broken;
  if (name === 'TimeoutError' || name === 'AbortError') return 'nothing in time';
  for (const each of [cause?.code, code])
    if (typeof each === 'string' || typeof each === 'number') return String(each);
  return typeof message === 'string' ? (message.split('\n')[0] ?? '').slice(0, 120) : 'for an unknown reason';
}

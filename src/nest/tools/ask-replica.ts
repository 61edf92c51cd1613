import type { Settings } from '../settings.js';

/** What a replica's admin API answered, or why there is no answer, with the cure. */
export type ReplicaAnswer<T> = { readonly body: T } | { readonly problem: string };

const TIMEOUT_MS = 3_000;

/** Asks one replica for something that a viewer may read; `path` is below `/crossfade/api/`. Never rejects. */
export function askReplica<T>(url: string, path: string, settings: Settings): Promise<ReplicaAnswer<T>> {
  const token = settings.admin.viewer ?? settings.admin.operator;
  if (token === undefined)
    return Promise.resolve({
      problem: 'No token to ask it with: set CROSSFADE_ADMIN_VIEWER_TOKEN to its viewer token.',
    });
  return call(url, path, { headers: { authorization: `Bearer ${token.reveal()}` } }, 'VIEWER');
}

/** Tells one replica something that an operator may say; `path` is below `/crossfade/api/`. Never rejects. */
export function tellReplica<T>(
  url: string,
  path: string,
  body: object,
  settings: Settings,
): Promise<ReplicaAnswer<T>> {
  const token = settings.admin.operator;
  if (token === undefined)
    return Promise.resolve({
      problem: 'No token to tell it with: set CROSSFADE_ADMIN_OPERATOR_TOKEN to its operator token.',
    });
  const headers = { authorization: `Bearer ${token.reveal()}`, 'content-type': 'application/json' };
  return call(url, path, { method: 'POST', headers, body: JSON.stringify(body) }, 'OPERATOR');
}

async function call<T>(
  url: string,
  path: string,
  init: RequestInit,
  role: 'VIEWER' | 'OPERATOR',
): Promise<ReplicaAnswer<T>> {
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/crossfade/api/${path}`, {
      ...init,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return { body: (await response.json()) as T };
    // What was understood and refused is told with its cure.
    if (response.status === 409) return { problem: refusalIn((await response.json()) as Refusal) };
    return { problem: problemOf(response.status, role) };
  } catch (error) {
    return { problem: `It did not answer (${reasonOf(error)}): see to it, or to the address.` };
  }
}

interface Refusal {
  readonly message: string;
  readonly cure?: string;
}

function refusalIn({ message, cure }: Refusal): string {
  return cure === undefined ? message : `${message} ${cure}`;
}

function problemOf(status: number, role: 'VIEWER' | 'OPERATOR'): string {
  if (status === 401 || status === 403)
    return `It does not know the token (${status}): set CROSSFADE_ADMIN_${role}_TOKEN to its ${role.toLowerCase()} token.`;
  if (status === 404) return 'It has no admin API there: give its base URL, and tokens to it.';
  return `It answered ${status}: look at its log.`;
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: NodeJS.ErrnoException };
  if (name === 'TimeoutError') return `nothing within ${TIMEOUT_MS} ms`;
  if (name === 'SyntaxError') return 'its answer is no JSON';
  return cause?.code ?? name ?? 'for an unknown reason';
}

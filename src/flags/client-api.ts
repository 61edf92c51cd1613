import type { Clock } from '../contracts/clock.js';

/** Both flags as an Unleash server gives them to every replica, asked once; or why not. Never rejects. */
export async function fetchClientFeatures(
  server: { readonly url: string; readonly token: string },
  clock: Clock,
  timeoutMs = 5_000,
): Promise<{ readonly features: unknown } | { readonly problem: string }> {
  const abort = new AbortController();
  const cancel = clock.after(timeoutMs, () => {
    abort.abort();
  });
  try {
    const response = await fetch(`${server.url.replace(/\/$/, '')}/client/features?namePrefix=crossfade-`, {
      // By this the server leaves segments as they are instead of writing them into the constraints.
      headers: { authorization: server.token, 'unleash-client-spec': '5.2.0' },
      signal: abort.signal,
    });
    if (response.ok) return { features: await response.json() };
    return { problem: problemOf(response.status) };
  } catch (error) {
    const { cause } = error as { readonly cause?: NodeJS.ErrnoException };
    const why = abort.signal.aborted
      ? `within ${timeoutMs} ms`
      : `(${cause?.code ?? 'no answer of its API'})`;
    return { problem: `The Unleash server did not answer ${why}: see to it, or to CROSSFADE_UNLEASH_URL.` };
  } finally {
    cancel();
  }
}

function problemOf(status: number): string {
  if (status === 401 || status === 403)
    return `The Unleash server refuses the token (${status}): give a backend token of the right environment.`;
  return `The Unleash server answered ${status}: see to it, or to CROSSFADE_UNLEASH_URL, which ends with /api.`;
}

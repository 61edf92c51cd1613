// Everything that the page asks of the admin API. The token is kept by the tab and sent with each request.
const KEY = 'crossfade-token';
const BASE = 'crossfade/api/';

export const token = {
  get: () => sessionStorage.getItem(KEY),
  set: (text) => sessionStorage.setItem(KEY, text),
  forget: () => sessionStorage.removeItem(KEY),
};

/** What the API turned down, with its cure. */
export class Refused extends Error {
  constructor(status, { code = 'failed', message = 'The backend did not say why.', cure = '' }) {
    super(`${message} ${cure}`.trim());
    this.status = status;
    this.code = code;
  }
}

export const read = (path) => ask(path, {});

export function act(action, said) {
  return ask(action, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(said),
  });
}

/** Calls back with each reading until the signal says stop; rejects when the stream ends. */
export async function follow(path, onReading, signal) {
  const response = await send(path, { signal });
  if (!response.ok) throw await refusalIn(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ''; ;) {
    const { value, done } = await reader.read();
    if (done) throw new Error('The stream has ended.');
    const parts = (rest + value).split('\n\n');
    rest = parts.pop();
    for (const part of parts) if (part.startsWith('data: ')) onReading(JSON.parse(part.slice(6)));
  }
}

async function ask(path, init) {
  const response = await send(path, init);
  if (!response.ok) throw await refusalIn(response);
  return response.json();
}

function send(path, { headers = {}, ...init }) {
  return fetch(BASE + path, { ...init, headers: { ...headers, authorization: `Bearer ${token.get()}` } });
}

async function refusalIn(response) {
  return new Refused(response.status, await response.json().catch(() => ({})));
}

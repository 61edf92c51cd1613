import type { IncomingMessage } from 'node:http';

/** What a request asks for: the path as it came, and the query. */
export interface RequestTarget {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** The path is not normalised: only what is literally ours is ours, and everything else is passed on as it came. */
export function targetOf({ url = '/' }: Pick<IncomingMessage, 'url'>): RequestTarget {
  const mark = url.indexOf('?');
  return mark === -1
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

/** Whether the gateway answers this path itself; every other one is the publisher's. */
export function isOwnPath(path: string): boolean {
  return (
    path === '/ws' ||
    path === '/legacy/events' ||
    path === '/crossfade' ||
    path.startsWith('/crossfade/') ||
    path.startsWith('/events/')
  );
}

/** The value of a parameter that is given once; undefined where it is given never, twice, or empty. */
export function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}

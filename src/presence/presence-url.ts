import { CrossfadeError } from '../domain/errors.js';
import type { Topic } from '../domain/topic.js';

const SOCKET_SCHEMES: ReadonlyMap<string, string> = new Map([
  ['http:', 'ws:'],
  ['https:', 'wss:'],
  ['ws:', 'ws:'],
  ['wss:', 'wss:'],
]);

/**
 * The publisher's WebSocket path under its base URL.
 * @throws CrossfadeError `invalid_settings` where that is no base URL
 */
export function socketPathOf(serviceUrl: string): string {
  const url = URL.canParse(serviceUrl) ? new URL(serviceUrl) : undefined;
  const scheme = url === undefined ? undefined : SOCKET_SCHEMES.get(url.protocol);
  if (url === undefined || scheme === undefined || url.search !== '' || url.hash !== '') {
    throw new CrossfadeError(
      'invalid_settings',
      "The publisher's URL is no base URL.",
      'Give http:// or https:// with host and port and no query or fragment, such as http://127.0.0.1:8080.',
    );
  }
  return `${scheme}//${url.host}${url.pathname.replace(/\/+$/, '')}/ws`;
}

/** Where the publisher says whether it can publish. @throws CrossfadeError as `socketPathOf` */
export function readinessUrl(serviceUrl: string): string {
  return socketPathOf(serviceUrl).replace(/^ws/, 'http').replace(/\/ws$/, '/readyz');
}

/** The address that makes a topic's user present. */
export function presenceUrl(socketPath: string, { uid, chat }: Topic): string {
  const query = new URLSearchParams({ uid });
  if (chat !== undefined) {
    query.set('space_code', chat.spaceCode);
    query.set('thread_key', chat.threadKey);
  }
  // A plus means a space in a form; %20 means one everywhere. A real plus is %2B already.
  return `${socketPath}?${query.toString().replaceAll('+', '%20')}`;
}

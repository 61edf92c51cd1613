import type { IncomingMessage } from 'node:http';
import type { AdminRole } from './admin-tokens.js';

/** A request of the admin API, with what the guard and the error filter leave on it. */
export interface AdminRequest extends Pick<IncomingMessage, 'headers' | 'method' | 'socket'> {
  /** as the host's `trust proxy` has it */
  readonly ip?: string;
  readonly originalUrl?: string;
  readonly body?: unknown;
  adminRole?: AdminRole;
  /** which of the tokens */
  adminName?: string;
  /** the code of the refusal */
  adminRefusal?: string;
}

/** The address that a request came from, as far as the host knows it. */
export function addressOf({ ip, socket }: AdminRequest): string {
  return ip ?? socket.remoteAddress ?? 'unknown';
}

/** Who asks, by the token's role and its name. */
export function actorOf({ adminName = 'somebody', adminRole = 'operator' }: AdminRequest): string {
  return adminName === adminRole ? adminName : `${adminName}, ${adminRole}`;
}

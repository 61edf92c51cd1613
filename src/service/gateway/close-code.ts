import type { Ending } from './gateway-catalogue.js';

/** What a WebSocket client is told when the gateway ends the connection. 4000 and above are the gateway's own. */
export const CLOSE_CODES = {
  draining: [1001, 'this process is ending; connect again'],
  binary: [1003, 'text frames only'],
  too_many_messages: [1008, 'too many messages'],
  oversized: [1009, 'message too large'],
  too_slow: [4008, 'too slow; connect again and read the truth anew'],
  expired: [4401, 'the token has expired; connect again with a new one'],
} as const satisfies Partial<Record<Ending, readonly [code: number, reason: string]>>;

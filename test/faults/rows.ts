import type { FaultRow } from './fault-row.js';
import { ENDPOINT_ROWS } from './rows-endpoint.js';
import { LINK_ROWS } from './rows-link.js';
import { LOAD_ROWS } from './rows-load.js';
import { PROCESS_ROWS } from './rows-process.js';
import { PUBLISHER_ROWS } from './rows-publisher.js';
import { REDIS_ROWS } from './rows-redis.js';
import { RESYNC_ROWS } from './rows-resync.js';

/** The fault table, by family; docs/failure-modes.md says the same, and a test holds it. */
export const ROWS = {
  redis: REDIS_ROWS,
  link: LINK_ROWS,
  load: LOAD_ROWS,
  endpoint: ENDPOINT_ROWS,
  publisher: PUBLISHER_ROWS,
  resync: RESYNC_ROWS,
  process: PROCESS_ROWS,
} as const satisfies Record<string, readonly FaultRow[]>;

export type Family = keyof typeof ROWS;

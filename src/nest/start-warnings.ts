import { Logger } from '@nestjs/common';
import type { CrossfadeOptions } from './crossfade-options.js';

/** Says at each start, by the host's own logger, what is legal and dangerous. */
export function warnAtStart({ mode, redis }: CrossfadeOptions): void {
  if (mode === 'legacy' || redis?.tls?.verify !== false) return;
  new Logger('Crossfade').warn(
    'redis.tls.verify is false (LISTENERS_REDIS_TLS_VERIFY): anybody on the way can pose as the Redis. ' +
      'Remove it, and give a private authority as redis.tls.ca (LISTENERS_REDIS_TLS_CA_FILE).',
  );
}

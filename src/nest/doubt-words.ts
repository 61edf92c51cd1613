import type { DoubtReason } from '../contracts/source-health.js';

/** What is wrong while a doubt stands, and how it is cured. */
export const PROBLEMS: Readonly<Record<DoubtReason, string>> = {
  canary:
    'redis: what is published does not come through this connection, and another one is tried: see that LISTENERS_REDIS_HOST names one server, and that nothing between drops messages',
  first_list:
    'publisher: users who had just become present got no list from Redis: give the publisher and this backend the same Redis and the same LISTENERS_CHANNEL_PREFIX',
  readyz:
    'publisher: its /readyz does not say that it can publish: see its log and its connection to Redis, and that LISTENERS_SERVICE_URL names it',
  missing_in_redis:
    'publisher: several users lack on Redis what legacy brought: see that every task of the publisher runs, publishes to this Redis and uses the same LISTENERS_CHANNEL_PREFIX',
};

export const CANARY_IS_OFF = (why: string): string =>
  `canary: switched off, since Redis does not allow it (${why}): allow this user SUBSCRIBE and PUBLISH on crossfade:*, or do without by CROSSFADE_CANARY_MS=0`;

export const READYZ_IS_UNKNOWN = (status: number): string =>
  `The publisher's /readyz answers ${status}, which says nothing about it: write the publisher's own base URL into LISTENERS_SERVICE_URL, or do without by CROSSFADE_PUBLISHER_READYZ_MS=0.`;

import type { Checkpoint } from './checkpoint.js';
import { ok, warning } from './finding.js';

/** Pub/Sub knows no db number; a number that is set does nothing, and that should not be a surprise. */
export const dbCheckpoint: Checkpoint = {
  name: 'db',
  needs: ['authentication'],
  limitMs: 1_000,
  cure: 'Remove LISTENERS_REDIS_DB.',
  run({ redis: { db } }) {
    return Promise.resolve([
      db === 0
        ? ok('db 0')
        : warning(
            `LISTENERS_REDIS_DB is ${db}, and nothing uses it: Pub/Sub knows no db numbers`,
            'Remove it. What Crossfade keeps itself is in db 0.',
          ),
    ]);
  },
};

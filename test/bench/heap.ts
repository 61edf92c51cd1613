import { Redis } from 'ioredis';
import type { Stage } from '../../src/domain/stage.js';
import type { Consumer } from '../../src/routing/consumer.js';
import { EventProvider } from '../../src/routing/event-provider.js';
import { FixedFlags } from './fixed-flags.js';
import { uidOf } from './messages.js';
import { oneRouter } from './one-router.js';
import { serve } from './serve.js';

/** How users are held: by ioredis alone, or in a stage with a reader that all share, or with an RxJS subscriber each. */
export type Holding = 'raw' | 'complete' | 'shadow' | 'complete, RxJS' | 'shadow, RxJS';

interface Wish {
  readonly port: number;
  readonly holding: Holding;
  readonly users: number;
}

const BATCH = 1_000;
const NOBODY: Consumer = { kind: 'bytes', next: () => undefined };
const kept: unknown[] = [];
let before = 0;

/** Bytes on the heap and beside it, after all that can be collected was. */
function held(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function open({ port, holding, users }: Wish): Promise<void> {
  if (holding === 'raw') {
    const redis = new Redis({ host: '127.0.0.1', port, autoResubscribe: false });
    kept.push(redis);
    await redis.subscribe('warm:up');
    before = held();
    for (let user = 0; user < users; user += BATCH)
      await redis.subscribe(...Array.from({ length: BATCH }, (_, n) => `user:${uidOf(user + n)}`));
    return;
  }
  const stage: Stage = holding.startsWith('complete') ? 'complete' : 'shadow';
  const { router } = oneRouter(port, { flags: new FixedFlags(() => stage) });
  const events = new EventProvider(router);
  kept.push(router);
  router.read({ uid: 'warm-up' }, NOBODY);
  const subscriptions = new Array<unknown>(holding.endsWith('RxJS') ? users : 0);
  kept.push(subscriptions);
  before = held();
  for (let user = 0; user < users; user++) {
    if (subscriptions.length > 0)
      subscriptions[user] = events.stream(uidOf(user)).subscribe((event) => kept.includes(event));
    else router.read({ uid: uidOf(user) }, NOBODY);
  }
}

serve({ open, heldPerUser: ({ users }: Wish) => (held() - before) / users });

import type { LegacyTuple } from '../../src/domain/legacy-item.js';
import type { ToChild, ToParent } from './child-wire.js';
import { startModule, type ModuleListener, type ModuleUnderTest } from './module-under-test.js';

// A module in a process of its own, that a test may freeze or kill. It ends with the test's process.
const rereads = new Map<number, (items: readonly LegacyTuple[] | null) => void>();
const TELL_MS = 20;
let module: ModuleUnderTest | undefined;

const say = (message: ToParent): void => {
  process.send?.(message);
};

const told: ModuleListener = {
  delivered: (uid, envelope) => {
    say({ say: 'delivered', uid, envelope });
  },
  gap: (gap) => {
    say({ say: 'gap', gap });
  },
  legacyStarts: (topic) => {
    say({ say: 'starts', topic });
  },
  reread: async (topic) => {
    const id = rereads.size;
    const items = await new Promise<readonly LegacyTuple[] | null>((resolve) => {
      rereads.set(id, resolve);
      say({ say: 'reread', id, topic });
    });
    if (items === null) throw new Error('the database is ill');
    return items;
  },
};

async function answer(id: number, what: 'metrics' | 'close'): Promise<void> {
  if (what === 'metrics') say({ say: 'metrics', id, text: (await module?.metrics()) ?? '' });
  else {
    await module?.close();
    say({ say: 'close', id });
    process.disconnect();
  }
}

process.on('message', (message: ToChild) => {
  if (message.say === 'push') module?.push(message.uid, message.item);
  else if (message.say === 'reread') rereads.get(message.id)?.(message.items);
  else if (message.say === 'ask') void answer(message.id, message.what);
  else
    startModule(message.wish, told).then(
      (started) => {
        module = started;
        setInterval(() => {
          say({ say: 'served', served: message.wish.topics.map((topic) => started.servedBy(topic) ?? null) });
        }, TELL_MS).unref();
        say({ say: 'ready' });
      },
      (error: unknown) => {
        say({ say: 'failed', problem: String(error) });
      },
    );
});
process.on('disconnect', () => {
  process.exit();
});

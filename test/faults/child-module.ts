import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Source } from '../../src/domain/source.js';
import { topicKey } from '../../src/domain/topic.js';
import type { ToChild, ToParent } from './child-wire.js';
import type { ModuleListener, ModuleUnderTest, ModuleWish } from './module-under-test.js';

/** A module in a process of its own. */
export interface ChildModule extends ModuleUnderTest {
  readonly process: ChildProcess;
}

type Answer = Extract<ToParent, { readonly say: 'metrics' | 'close' }>;

/** Starts a module in a process of its own; its standard error is this one's. */
export async function startChildModule(wish: ModuleWish, told: ModuleListener): Promise<ChildModule> {
  const child = fork('test/faults/child-main.ts', {
    execArgv: ['--import', './test/servers/run-typescript.js'],
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const say = (message: ToChild): void => {
    if (child.connected) child.send(message);
  };
  const places = new Map(wish.topics.map((topic, place) => [topicKey(topic), place]));
  let served: readonly (Source | null)[] = [];
  const waiting = new Map<number, (answer: Answer) => void>();
  const started = new Promise<void>((resolve, reject) => {
    child.on('exit', (code, signal) => {
      reject(new Error(`The module's process ended: ${String(code ?? signal)}`));
    });
    child.on('message', (message: ToParent) => {
      if (message.say === 'ready') resolve();
      else if (message.say === 'failed') reject(new Error(message.problem));
      else if (message.say === 'served') served = message.served;
      else if ('id' in message && message.say !== 'reread') waiting.get(message.id)?.(message);
      else listen(message, told, say);
    });
  });
  say({ say: 'start', wish });
  await started;
  let asked = 0;
  const ask = async (what: 'metrics' | 'close'): Promise<Answer> => {
    const id = asked++;
    const answer = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    say({ say: 'ask', id, what });
    return answer.finally(() => waiting.delete(id));
  };
  return {
    process: child,
    push: (uid, item) => {
      say({ say: 'push', uid, item });
    },
    servedBy: (topic) => served[places.get(topicKey(topic)) ?? -1] ?? undefined,
    metrics: async () => {
      const answer = await ask('metrics');
      return answer.say === 'metrics' ? answer.text : '';
    },
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      await Promise.race([ask('close'), ended]);
      await ended;
    },
  };
}

function listen(message: ToParent, told: ModuleListener, say: (answer: ToChild) => void): void {
  if (message.say === 'delivered') told.delivered(message.uid, message.envelope);
  else if (message.say === 'gap') told.gap(message.gap);
  else if (message.say === 'starts') told.legacyStarts(message.topic);
  else if (message.say === 'reread') {
    const { id, topic } = message;
    told.reread(topic).then(
      (items) => {
        say({ say: 'reread', id, items });
      },
      () => {
        say({ say: 'reread', id, items: null });
      },
    );
  }
}

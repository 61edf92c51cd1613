import { describe, expect, it } from '@jest/globals';
import { topicOf } from '../../src/domain/topic.js';
import { CallbackResync, type ResyncCallback } from '../../src/resync/callback-resync.js';
import { NoResync } from '../../src/resync/no-resync.js';
import { envelopeOf } from '../fakes/envelopes.js';
import { ManualClock } from '../manual-clock.js';

const ALICE = topicOf('alice');
const CHAT = topicOf('alice', { spaceCode: 's', threadKey: 't' });
const LIST = envelopeOf('alice', 'notif.sync', { notifications: [], count: 0 });

function ask(callback: ResyncCallback, topic = ALICE, clock = new ManualClock()) {
  return new CallbackResync({ callback, clock }).read(topic);
}

describe("given the host's callback", () => {
  it('gives what it answers, envelopes and tuples alike', async () => {
    const payload = { messages: [], count: 0 };
    const read = await ask(() => [LIST, ['messages', payload]]);
    expect(read).toEqual([LIST, { type: 'msg.sync', uid: 'alice', timestamp: undefined, payload }]);
    expect(await ask(() => Promise.resolve([]))).toEqual([]);
  });

  it('hands it the topic that is asked for, chats too', async () => {
    const message = envelopeOf('alice', 'chat.message', {
      space_code: 's',
      thread_key: 't',
      raw_messages: [],
    });
    let asked: unknown;
    const read = await ask((topic) => ((asked = topic), [message]), CHAT);
    expect(asked).toBe(CHAT);
    expect(read).toEqual([message]);
  });

  it.each([
    ['an envelope of another user', [LIST, envelopeOf('bob', 'notif.sync')]],
    ['a chat of the user', [envelopeOf('alice', 'chat.message', { space_code: 's', thread_key: 't' })]],
    ['something that is no item', [LIST, 'text']],
    ['no list', undefined],
    ['one envelope alone', LIST],
  ])('refuses an answer with %s as a whole', async (_what, answer) => {
    await expect(ask((() => answer) as unknown as ResyncCallback)).rejects.toThrow(
      /^The resync callback gave/,
    );
  });

  it('rejects when the callback throws or rejects', async () => {
    const failing = (): never => {
      throw new Error('no database');
    };
    await expect(ask(failing)).rejects.toThrow('no database');
    await expect(ask(() => Promise.reject(new Error('no rights')))).rejects.toThrow('no rights');
  });

  it('rejects when it takes too long, and leaves no timer either way', async () => {
    const clock = new ManualClock();
    const slow = ask(() => new Promise(() => undefined), ALICE, clock);
    await Promise.resolve();
    clock.advance(5000);
    await expect(slow).rejects.toThrow('nothing was read within 5000 ms');
    await ask(() => [], ALICE, clock);
    await Promise.resolve();
    expect(clock.pending).toBe(0);
  });
});

describe('given no way to read the truth', () => {
  it('answers with nothing', async () => {
    expect(await new NoResync().read()).toEqual([]);
  });
});

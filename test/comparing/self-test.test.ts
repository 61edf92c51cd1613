import { describe, expect, it } from '@jest/globals';
import { SelfTest } from '../../src/comparing/self-test.js';
import { UserEvent } from '../../src/domain/user-event.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { ManualClock } from '../manual-clock.js';

const begun = (): {
  clock: ManualClock;
  test: SelfTest;
  recorder: FakeRecorder;
  hears: (side: 'first' | 'second' | 'both', type: string, payload: object) => void;
} => {
  const clock = new ManualClock();
  const recorder = new FakeRecorder();
  const test = new SelfTest(clock, recorder, { confirmMs: 0 });
  const session = test.begin({ uid: 'u1' });
  for (const side of ['first', 'second'] as const) session.attached(side);
  clock.advance(60_000);
  const hears = (side: 'first' | 'second' | 'both', type: string, payload: object): void => {
    const event = new UserEvent({ type, uid: 'u1', payload }, 'redis', clock.elapsedMs());
    for (const each of side === 'both' ? (['first', 'second'] as const) : [side])
      session.arrived(each, event);
  };
  return { clock, test, recorder, hears };
};
const chat = (id: string): object => ({
  space_code: 's',
  thread_key: 't',
  raw_messages: [{ id, read: true }],
});

describe('given two subscriptions to one source', () => {
  it('agree about everything: lists, copies, chats that legacy never shows, and unknown types', () => {
    const { clock, test, recorder, hears } = begun();
    hears('both', 'notif.sync', { notifications: [{ doc_id: 'a' }] });
    hears('both', 'msg.sync', { messages: [] });
    for (let n = 0; n < 2; n++) hears('both', 'chat.message', chat('a'));
    hears('both', 'brand.new', { k: 1 });
    hears('both', 'task.progress_update', { k: 1 });
    clock.advance(20_000);
    expect(test.read().map(({ type, agreed, disagreed }) => [type, agreed, disagreed])).toEqual([
      ['chat.message', 2, 0],
      ['msg.sync', 1, 0],
      ['notif.sync', 1, 0],
      ['other', 1, 0],
      ['task.progress_update', 1, 0],
    ]);
    expect(recorder.counts.size).toBe(0);
  });

  it('disagree where one of them did not hear, and neither counts as evidence', () => {
    const { clock, test, recorder, hears } = begun();
    hears('first', 'chat.message', chat('a'));
    hears('second', 'chat.message', chat('b'));
    hears('both', 'notif.sync', { notifications: [] });
    hears('first', 'notif.sync', { notifications: [{ doc_id: 'a' }] });
    clock.advance(20_000);
    expect(test.read().map(({ type, agreed, disagreed }) => [type, agreed, disagreed])).toEqual([
      ['chat.message', 0, 2],
      ['notif.sync', 0, 1],
    ]);
    expect(recorder.counts.size).toBe(0);
    test.close();
    expect(clock.pending).toBe(0);
  });
});

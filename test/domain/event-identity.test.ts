import { describe, expect, it } from '@jest/globals';
import { eventIdentities } from '../../src/domain/event-identity.js';
import { UserEvent, type Envelope } from '../../src/domain/user-event.js';

const identities = (envelope: Omit<Envelope, 'uid'> & { type: string }): readonly string[] =>
  eventIdentities(new UserEvent({ uid: 'u1', ...envelope }, 'redis', 0));
const chat = (messages: unknown, thread = 'th1'): readonly string[] =>
  identities({
    type: 'chat.message',
    payload: { space_code: 'sp1', thread_key: thread, raw_messages: messages },
  });

describe('given an event that is one of its kind', () => {
  it('is known by the chat message’s id within its thread, whatever it says', () => {
    expect(chat([{ id: 'a', content: 'x' }])).toEqual(chat([{ id: 'a', content: 'y' }]));
    expect(chat([{ id: 'a' }])).not.toEqual(chat([{ id: 'a' }], 'th2'));
    expect(chat([{ id: 'a' }, { id: 'b' }])).toEqual([...chat([{ id: 'a' }]), ...chat([{ id: 'b' }])]);
  });

  it('is known by what it says where it has no id, its timestamps left out', () => {
    expect(chat([{ content: 'x', timestamp: '1' }])).toEqual(chat([{ content: 'x', timestamp: '2' }]));
    expect(chat([{ content: 'x' }])).not.toEqual(chat([{ content: 'y' }]));
    const job = { type: 'notif.job_updated', payload: { job_id: 'j', status: 'done' } };
    expect(identities({ ...job, timestamp: '1' })).toEqual(identities({ ...job, timestamp: '2' }));
    expect(identities({ ...job, job_id: 'k' })).not.toEqual(identities(job));
    expect(identities({ ...job, type: 'task.progress_update' })).not.toEqual(identities(job));
  });

  it.each([[undefined], [null], [[]], ['text'], [[1, 2]]])(
    'has one identity where its messages are %p',
    (messages) => {
      expect(chat(messages)).toHaveLength(1);
    },
  );
});

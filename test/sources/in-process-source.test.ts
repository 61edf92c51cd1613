import { describe, expect, it } from '@jest/globals';
import { EventEmitter2 } from 'eventemitter2';
import type { SourceSink } from '../../src/contracts/event-source.js';
import type { LegacyItem } from '../../src/domain/legacy-item.js';
import { topicOf } from '../../src/domain/topic.js';
import { EmitterSource } from '../../src/sources/emitter-source.js';
import { InProcessSource } from '../../src/sources/in-process-source.js';
import { FakeSink } from '../fakes/fake-sink.js';

const chat = topicOf('u1', { spaceCode: 's_1', threadKey: 't' });

describe('given a backend that pushes into the in-process source', () => {
  it('turns each tuple of the queue into the envelope of its type', () => {
    const source = new InProcessSource();
    const user = new FakeSink();
    const thread = new FakeSink();
    source.open(topicOf('u1'), user);
    source.open(chat, thread);
    source.push('u1', ['notifications', { notifications: [] }]);
    source.push('u1', ['messages', { messages: [] }]);
    source.push('u1', ['chat_s_1_t', { space_code: 's_1', thread_key: 't', raw_messages: [] }]);
    expect(user.types).toEqual(['notif.sync', 'msg.sync']);
    expect(thread.types).toEqual(['chat.message']);
  });

  it('takes envelopes too, and gives a chat message without a thread to the user', () => {
    const source = new InProcessSource();
    const user = new FakeSink();
    source.open(topicOf('u1'), user);
    source.push('u1', { type: 'chat.message', uid: 'u1', payload: { space_code: 's_1', raw_messages: [] } });
    expect(user.types).toEqual(['chat.message']);
  });

  it('says whether anybody reads the topic', () => {
    const source = new InProcessSource();
    expect(source.push('u1', ['notifications', {}])).toBe(false);
    source.open(topicOf('u1'), new FakeSink());
    expect(source.push('u1', ['notifications', {}])).toBe(true);
  });

  it.each([[null], ['text'], [[1, {}]], [['notifications']], [{ type: 't', uid: 'u2' }]])(
    'tells the readers that %p is unreadable',
    (item) => {
      const source = new InProcessSource();
      const user = new FakeSink();
      source.open(topicOf('u1'), user);
      source.push('u1', item as unknown as LegacyItem);
      expect(user.said).toEqual(['attached', 'rejected unreadable']);
    },
  );

  it('starts the backend’s listener with the first reader and stops it with the last', () => {
    const calls: string[] = [];
    const source = new InProcessSource({
      start: (topic) => (calls.push(`start ${topic.uid}`), () => calls.push(`stop ${topic.uid}`)),
    });
    const [a, b] = [source.open(topicOf('u1'), new FakeSink()), source.open(topicOf('u1'), new FakeSink())];
    a.close();
    a.close();
    expect(calls).toEqual(['start u1']);
    b.close();
    expect(calls).toEqual(['start u1', 'stop u1']);
  });

  it('counts a topic as detached when its listener cannot be started or was stopped', () => {
    const errors: unknown[] = [];
    const broken = new InProcessSource({
      start: () => {
        throw new Error('no listener');
      },
      onError: (error) => errors.push(error),
    });
    const sink = new FakeSink();
    broken.open(topicOf('u1'), sink);
    expect(sink.said).toEqual(['attached', 'detached legacy_detached']);
    expect(errors).toHaveLength(1);

    const source = new InProcessSource();
    const other = new FakeSink();
    source.open(topicOf('u1'), other);
    source.detach(topicOf('u1'));
    expect(source.isAttached(topicOf('u1'))).toBe(false);
    source.attach(topicOf('u1'));
    expect(other.said).toEqual(['attached', 'detached legacy_detached', 'attached']);
  });

  it('lets a reader leave while it is being told', () => {
    const source = new InProcessSource();
    const after = new FakeSink();
    const leaving: SourceSink = Object.assign(new FakeSink(), {
      event: () => {
        subscription.close();
      },
    });
    const subscription = source.open(topicOf('u1'), leaving);
    source.open(topicOf('u1'), after);
    source.push('u1', ['notifications', {}]);
    expect(after.types).toEqual(['notif.sync']);
  });
});

describe('given a backend that emits through an EventEmitter2', () => {
  it('listens to a topic only while somebody reads it', () => {
    const emitter = new EventEmitter2({ wildcard: false });
    const source = new EmitterSource({ emitter });
    const sink = new FakeSink();
    const subscription = source.open(topicOf('u1'), sink);
    emitter.emit('user.u1', ['notifications', { notifications: [] }]);
    emitter.emit('user.u2', ['notifications', { notifications: [] }]);
    expect(sink.types).toEqual(['notif.sync']);
    subscription.close();
    expect(emitter.listenerCount('user.u1')).toBe(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { topicOf } from '../../src/domain/topic.js';
import { presenceUrl, socketPathOf } from '../../src/presence/presence-url.js';

describe("given the publisher's base URL", () => {
  it.each([
    ['http://127.0.0.1:8080', 'ws://127.0.0.1:8080/ws'],
    ['http://127.0.0.1:8080/', 'ws://127.0.0.1:8080/ws'],
    ['https://lb.example/publisher//', 'wss://lb.example/publisher/ws'],
    ['ws://[::1]:8090', 'ws://[::1]:8090/ws'],
  ])('makes of %s the path %s', (url, path) => {
    expect(socketPathOf(url)).toBe(path);
  });

  it.each(['', 'lb.example', 'redis://h', 'http://h/?x=1', 'http://h/#x', 'http://'])('refuses %p', (url) => {
    expect(() => socketPathOf(url)).toThrow(/no base URL/);
  });
});

describe('given a topic', () => {
  it.each(['a|b', 'a+b@c.d', 'x'.repeat(128)])(
    'says the uid %s in such a way that any server reads it back',
    (uid) => {
      const url = presenceUrl('ws://h/ws', topicOf(uid));
      expect(new URL(url).searchParams.get('uid')).toBe(uid);
      expect(decodeURIComponent(url.split('uid=')[1] ?? '')).toBe(uid);
    },
  );

  it('says space and thread of a chat, whatever is in them', () => {
    const chat = { spaceCode: 'a & b=c', threadKey: 'é/?#+%&uid=other' };
    const { searchParams, hash } = new URL(presenceUrl('ws://h/ws', topicOf('alice', chat)));
    expect([...searchParams]).toEqual([
      ['uid', 'alice'],
      ['space_code', chat.spaceCode],
      ['thread_key', chat.threadKey],
    ]);
    expect(hash).toBe('');
  });

  it('does not throw at a text that is no Unicode', () => {
    const topic = topicOf('alice', { spaceCode: 's', threadKey: '\ud800' });
    expect(new URL(presenceUrl('ws://h/ws', topic)).searchParams.get('thread_key')).toBe('\ufffd');
  });
});

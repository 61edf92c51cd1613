import { describe, expect, it } from '@jest/globals';
import { channelOf, topicKey, topicOf } from '../../src/domain/topic.js';

const prefixes = { user: 'user:', chat: 'chat:' };

describe('given what a caller asks for', () => {
  it.each(['a', 'A.b_c@d|e+f-9', 'x'.repeat(128)])('takes %s as a uid', (uid) => {
    expect(topicOf(uid)).toEqual({ uid });
  });

  it.each(['', 'x'.repeat(129), 'a b', 'a:b', 'é', 'a/b', 'a\n', undefined, null, 5, {}])(
    'refuses %p as a uid, with the cure',
    (uid) => {
      expect(() => topicOf(uid)).toThrow(
        expect.objectContaining({ code: 'invalid_uid', cure: expect.stringContaining('1 to 128') }),
      );
    },
  );

  it.each([
    ['', 't'],
    ['a:b', 't'],
    ['s', ''],
    ['s', 'a\u0000b'],
    [5, 't'],
  ])('refuses the chat %p %p', (spaceCode, threadKey) => {
    expect(() => topicOf('u1', { spaceCode, threadKey })).toThrow(
      expect.objectContaining({ code: 'invalid_chat' }),
    );
  });

  it('names the channels as the publisher does', () => {
    expect(channelOf(topicOf('u1'), prefixes)).toBe('user:u1');
    expect(channelOf(topicOf('u1', { spaceCode: 's', threadKey: 'spaces/x:y' }), prefixes)).toBe(
      'chat:u1:s:spaces/x:y',
    );
  });

  it('gives different topics different keys', () => {
    const keys = [
      topicOf('u1'),
      topicOf('u1', { spaceCode: 's', threadKey: 't:v' }),
      topicOf('u1', { spaceCode: 's', threadKey: 't' }),
    ].map(topicKey);
    expect(new Set(keys).size).toBe(3);
  });
});

import { describe, expect, it } from '@jest/globals';
import { readEnvelope } from '../../src/domain/envelope.js';

describe('given a message of the channel of u1', () => {
  it('reads an envelope of u1 whole, unknown keys included', () => {
    expect(readEnvelope('{"type": "t", "uid": "u1", "job_id": "j", "new": 1}', 'u1')).toEqual({
      type: 't',
      uid: 'u1',
      job_id: 'j',
      new: 1,
    });
  });

  it.each([
    'not json at all',
    '',
    '[1, 2]',
    '"text"',
    'null',
    '{"uid": "u1"}',
    '{"type": "t"}',
    '{"type": 5, "uid": "u1"}',
    '{"type": "t", "uid": "u1", "payload": {"no',
  ])('calls %s unreadable', (text) => {
    expect(readEnvelope(text, 'u1')).toBe('unreadable');
  });

  it('calls an envelope of another user misrouted, also when its uid stands twice', () => {
    expect(readEnvelope('{"type": "t", "uid": "u2"}', 'u1')).toBe('misrouted');
    expect(readEnvelope('{"type": "t", "uid": "u1", "uid": "u2"}', 'u1')).toBe('misrouted');
  });

  it('reads bare NaN and Infinity as null, and leaves texts that speak of them alone', () => {
    const text =
      '{"type": "t", "uid": "u1", "payload": {"a": NaN, "b": -Infinity, "c": [Infinity], "d": "NaN, \\"NaN\\" Infinity"}}';
    expect(readEnvelope(text, 'u1')).toEqual({
      type: 't',
      uid: 'u1',
      payload: { a: null, b: null, c: [null], d: 'NaN, "NaN" Infinity' },
    });
  });

  it('reads a megabyte that holds a NaN', () => {
    const long = 'x"'.repeat(250_000);
    const text = `{"type": "t", "uid": "u1", "payload": {"a": NaN, "b": ${JSON.stringify(long)}}}`;
    expect(readEnvelope(text, 'u1')).toMatchObject({ payload: { a: null, b: long } });
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { typeInHead } from '../../src/domain/wire-head.js';

const read = (text: string): string | undefined => typeInHead(new TextEncoder().encode(text), 'u1');

describe('given the head of a message for u1', () => {
  it.each([
    ['{"type": "notif.sync", "uid": "u1", "payload": {}}', 'notif.sync'],
    ['{"type": "x", "uid": "u1"}', 'x'],
  ])('names the type of %s', (text, type) => {
    expect(read(text)).toBe(type);
  });

  it.each([
    ['another uid', '{"type": "x", "uid": "u2"}'],
    ['a uid that only begins alike', '{"type": "x", "uid": "u11"}'],
    ['a uid that goes on after an escape', '{"type": "x", "uid": "u1\\u0031"}'],
    ['an escaped type', '{"type": "\\u0078", "uid": "u1"}'],
    ['no type', '{"type": "", "uid": "u1"}'],
    ['other separators', '{"type":"x","uid":"u1"}'],
    ['another order', '{"uid": "u1", "type": "x"}'],
    ['a nested uid', '{"type": "x", "payload": {"uid": "u1"}}'],
    ['a type with a newline', '{"type": "a\nb", "uid": "u1"}'],
    ['an endless type', `{"type": "${'x'.repeat(100)}", "uid": "u1"}`],
    ['a cut message', '{"type": "x", "uid": "u1"'],
    ['nothing', ''],
  ])('proves nothing of a message with %s', (_what, text) => {
    expect(read(text)).toBeUndefined();
  });

  it('agrees with JSON.parse whenever it names a type and no key is doubled', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('u1', 'u2', 'u1"', 'u'), fc.string(), (type, uid, extra) => {
        const text = `{"type": ${JSON.stringify(type)}, "uid": ${JSON.stringify(uid)}, "payload": ${JSON.stringify(extra)}}`;
        const named = read(text);
        if (named !== undefined) expect({ type: named, uid: 'u1' }).toEqual({ type, uid });
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readPythonLiteral } from '../../src/domain/python-literal.js';
import { pythonText } from '../../src/resync/python-text.js';

describe("given plain data to write as Python's str() does", () => {
  it.each([
    ['text', 'text'],
    [{ a: 1, b: null, c: true }, "{'a': 1, 'b': None, 'c': True}"],
    [[1.5, "it's", 'say "hi"', `both ' and "`], `[1.5, "it's", 'say "hi"', 'both \\' and "']`],
    [['a\nb\\c\u0001'], "['a\\nb\\\\c\\x01']"],
    [[NaN, -Infinity], '[nan, -inf]'],
    [undefined, 'None'],
  ])('writes %p', (value, text) => {
    expect(pythonText(value)).toBe(text);
  });

  it('writes what is read back as the same', () => {
    const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(null));
    const data = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), tie('node'), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    })).node;
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', "b'", 'c"'), data, { noNullPrototype: true }),
        (value) => {
          expect(readPythonLiteral(pythonText(value))).toEqual(value);
        },
      ),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { pythonJson, pythonRepr } from '../../../src/service/simulator/python-json.js';
import { naivePythonTime, pythonTime, spacedPythonTime } from '../../../src/service/simulator/python-time.js';

// The right-hand sides were printed by CPython 3.11: json.dumps(value), str(value), datetime.isoformat().
describe('given a value that Python would write as JSON', () => {
  it.each([
    [{ a: 1, b: [true, false, null] }, '{"a": 1, "b": [true, false, null]}'],
    ['reçu 🧾 "x" \\ / \n\t\b\f\r', '"re\\u00e7u \\ud83e\\uddfe \\"x\\" \\\\ / \\n\\t\\b\\f\\r"'],
    ['\u0000\u001f\u007f\u2028é', '"\\u0000\\u001f\\u007f\\u2028\\u00e9"'],
    [{ é: {} }, '{"\\u00e9": {}}'],
    [[], '[]'],
    [[NaN, Infinity, -Infinity], '[NaN, Infinity, -Infinity]'],
    [[0, -0, 1.5, 1250], '[0, -0.0, 1.5, 1250]'],
  ])('writes %j as json.dumps does', (value, text) => {
    expect(pythonJson(value)).toBe(text);
  });

  it('leaves out what is undefined', () => {
    expect(pythonJson({ a: undefined, b: 1 })).toBe('{"b": 1}');
  });
});

describe('given an object that the publisher turns into a text', () => {
  it.each([
    [{ a: 1, b: 'x' }, "{'a': 1, 'b': 'x'}"],
    [
      { client: "L'Étoile", none: null, yes: true, no: [1, 2] },
      `{'client': "L'Étoile", 'none': None, 'yes': True, 'no': [1, 2]}`,
    ],
    ['both \' and "', `'both \\' and "'`],
    ['back\\slash\n', "'back\\\\slash\\n'"],
    [NaN, 'nan'],
  ])('writes %j as str() does', (value, text) => {
    expect(pythonRepr(value)).toBe(text);
  });
});

describe('given a time in microseconds', () => {
  const micros = Date.UTC(2025, 8, 20, 11, 44, 0) * 1000;

  it.each([
    [123_456, '2025-09-20T11:44:00.123456'],
    [1, '2025-09-20T11:44:00.000001'],
    [0, '2025-09-20T11:44:00'],
    [999_999, '2025-09-20T11:44:00.999999'],
  ])('writes a fraction of %d, leaving it out when it is zero', (fraction, text) => {
    expect(naivePythonTime(micros + fraction)).toBe(text);
    expect(pythonTime(micros + fraction)).toBe(`${text}+00:00`);
    expect(spacedPythonTime(micros + fraction)).toBe(text.replace('T', ' '));
  });
});

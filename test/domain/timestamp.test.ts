import { describe, expect, it } from '@jest/globals';
import { timestampMicros } from '../../src/domain/timestamp.js';

describe('given a publisher’s timestamp', () => {
  const whole = Date.parse('2025-09-20T11:44:00Z') * 1000;
  it.each([
    ['2025-09-20T11:44:00.123456+00:00', whole + 123_456],
    ['2025-09-20T11:44:00+00:00', whole],
    ['2025-09-20T11:44:00.123456', whole + 123_456],
    ['2025-09-20 11:44:00.5', whole + 500_000],
    ['2025-09-20T13:44:00.000001+02:00', whole + 1],
  ])('reads %s to the microsecond', (text, micros) => {
    expect(timestampMicros(text)).toBe(micros);
  });

  it.each(['', 'yesterday', '2025-09-20', '2025-99-20T11:44:00', null, undefined, 5])(
    'reads nothing in %p',
    (value) => {
      expect(timestampMicros(value)).toBeUndefined();
    },
  );
});

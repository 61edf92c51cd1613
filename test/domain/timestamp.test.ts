import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
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

  it('reads the usual form as any other form of the same moment', () => {
    const pair = fc.tuple(
      fc.nat(9999),
      fc.nat(13),
      fc.nat(32),
      fc.nat(24),
      fc.nat(60),
      fc.nat(60),
      fc.nat(999_999),
    );
    fc.assert(
      fc.property(pair, ([year, ...rest]) => {
        const [month, day, hour, minute, second] = rest.map((part) => String(part).padStart(2, '0'));
        const moment = `${String(year).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}`;
        const fraction = String(rest[5]).padStart(6, '0');
        expect(timestampMicros(`${moment}.${fraction}+00:00`)).toBe(
          timestampMicros(`${moment}.${fraction}0Z`),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '2025-09-20T11:4x:00.123456+00:00',
    '2025-09-20T11:44:00.12345 +00:00',
    '2025-09-20T11:44:00.123456+00;00',
  ])('reads nothing in %s', (text) => {
    expect(timestampMicros(text)).toBeUndefined();
  });
});

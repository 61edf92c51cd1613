// Python's isoformat: microseconds or none, `T` or a space, a numeric zone or none (then UTC is meant).
const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * A publisher's timestamp as microseconds since 1970, or `undefined` where there is none to read.
 * Microseconds, because two snapshots may lie in one millisecond; exact in a double until the year 2255.
 */
export function timestampMicros(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const usual = usualMicros(value);
  if (usual !== undefined) return usual;
  const parts = ISO.exec(value);
  if (parts === null) return undefined;
  const [, date, time, fraction = '', zone = 'Z'] = parts;
  const wholeMs = Date.parse(`${date ?? ''}T${time ?? ''}${zone}`);
  if (Number.isNaN(wholeMs)) return undefined;
  return wholeMs * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

const USUAL_LENGTH = '2025-09-20T11:44:00.123456+00:00'.length;

/** The form that nearly all have, read without making a text of each part; undefined for any other. */
function usualMicros(text: string): number | undefined {
  if (text.length !== USUAL_LENGTH || !hasUsualMarks(text)) return undefined;
  const year = numberAt(text, 0, 4);
  const month = numberAt(text, 5, 7);
  const day = numberAt(text, 8, 10);
  const hour = numberAt(text, 11, 13);
  const minute = numberAt(text, 14, 16);
  const second = numberAt(text, 17, 19);
  const micros = numberAt(text, 20, 26);
  // Whatever is out of the ordinary, no digit among the digits included, is for the other way to judge.
  const isUsual = year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!isUsual || !(hour <= 23 && minute <= 59 && second <= 59 && micros >= 0)) return undefined;
  const seconds = ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  return seconds * 1_000_000 + micros;
}

const DAYS_TO_1970 = 719_469;

/** As `Date.UTC` counts them, a day after the end of its month included; a year begins in March here. */
function daysSince1970(year: number, month: number, day: number): number {
  const isEarly = month <= 2;
  const years = isEarly ? year - 1 : year;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  const daysOfMonths = Math.floor((153 * (isEarly ? month + 9 : month - 3) + 2) / 5);
  return years * 365 + leapDays + daysOfMonths + day - DAYS_TO_1970;
}

function hasUsualMarks(text: string): boolean {
  const date = text[4] === '-' && text[7] === '-' && text[10] === 'T';
  const time = text[13] === ':' && text[16] === ':' && text[19] === '.';
  const zone = text[26] === '+' && text[29] === ':';
  return date && time && zone && numberAt(text, 27, 29) === 0 && numberAt(text, 30, 32) === 0;
}

const ZERO = 0x30;

/** NaN where there is anything but digits. */
function numberAt(text: string, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    number = number * 10 + digit;
  }
  return number;
}

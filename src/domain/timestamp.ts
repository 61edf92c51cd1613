// Python's isoformat: microseconds or none, `T` or a space, a numeric zone or none (then UTC is meant).
const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * A publisher's timestamp as microseconds since 1970, or `undefined` where there is none to read.
 * Microseconds, because two snapshots may lie in one millisecond; exact in a double until the year 2255.
 */
export function timestampMicros(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const parts = ISO.exec(value);
  if (parts === null) return undefined;
  const [, date, time, fraction = '', zone = 'Z'] = parts;
  const wholeMs = Date.parse(`${date ?? ''}T${time ?? ''}${zone}`);
  if (Number.isNaN(wholeMs)) return undefined;
  return wholeMs * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

import { addDigest, digestPair, digestText, type Digest } from './digest.js';
import { isJsonObject, type JsonObject } from './user-event.js';

/**
 * When two JSON values say the same, by the contract: absent, `null` and `""` are one; numbers count by value;
 * the order of keys does not matter; whatever is named `timestamp` is left out, because each source has its own
 * clock. Below 64 levels everything is held to be equal, so that no message can exhaust the stack.
 */
const MAX_DEPTH = 64;
const LEFT_OUT = 'timestamp';

/** Whether a value says nothing; a number that JSON cannot say is read as `null` on Redis, and is none here either. */
export function isAbsent(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return value === undefined || value === null || value === '';
}

export function sameValue(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b || depth > MAX_DEPTH) return true;
  if (isAbsent(a)) return isAbsent(b);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!sameValue(a[i], b[i], depth + 1)) return false;
    return true;
  }
  if (isJsonObject(a)) return isJsonObject(b) && sameObject(a, b, depth);
  // A database may hand out whole numbers as these; on Redis they are numbers like any other.
  return isNumber(a) && isNumber(b) && scalarText(a) === scalarText(b);
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function sameObject(a: JsonObject, b: JsonObject, depth: number): boolean {
  for (const key in a) {
    if (key !== LEFT_OUT && !sameValue(a[key], own(b, key), depth + 1)) return false;
  }
  for (const key in b) {
    if (key !== LEFT_OUT && !Object.hasOwn(a, key) && !isAbsent(b[key])) return false;
  }
  return true;
}

/** Equal for the same values and, but for chance, for no others; absent is 0. */
export function digestValue(value: unknown, depth = 0): Digest {
  if (isAbsent(value) || depth > MAX_DEPTH) return 0;
  if (typeof value === 'string') return digestText(value, 1);
  if (Array.isArray(value)) {
    let digest = digestText('', 3);
    for (const element of value) digest = digestPair(digest, digestValue(element, depth + 1));
    return digest;
  }
  if (!isJsonObject(value)) return digestText(scalarText(value), 2);
  let sum = digestText('', 4);
  for (const key in value) {
    if (key === LEFT_OUT) continue;
    const digest = digestValue(value[key], depth + 1);
    if (digest !== 0) sum = addDigest(sum, digestPair(digestText(key), digest));
  }
  return sum;
}

/**
 * The paths at which two values differ, such as `payload.status`, at most `limit`; an element of an array is `*`.
 * Empty exactly when the values are the same. The path of the value itself is `""`.
 */
export function differingPaths(a: unknown, b: unknown, limit = 20): string[] {
  const paths = new Set<string>();
  collect(a, b, '', 0, paths, limit);
  return [...paths];
}

function collect(
  a: unknown,
  b: unknown,
  path: string,
  depth: number,
  paths: Set<string>,
  limit: number,
): void {
  if (paths.size >= limit || sameValue(a, b, depth)) return;
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    for (let i = 0; i < a.length; i++) collect(a[i], b[i], below('*'), depth + 1, paths, limit);
  } else if (isJsonObject(a) && isJsonObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (key !== LEFT_OUT) collect(own(a, key), own(b, key), below(key), depth + 1, paths, limit);
    }
  } else paths.add(path);
}

/** A key of the object itself: `constructor` and the like are no values of a message. */
function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** -0 and 0 are one number, and so are 1250.0 and 1250 once they have been read. */
function scalarText(value: unknown): string {
  return value === 0 ? '0' : String(value);
}

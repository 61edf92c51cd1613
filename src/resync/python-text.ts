import { isFirestoreTime } from './firestore-port.js';
import { pythonTime } from './python-time.js';

const MAX_DEPTH = 16;

/** What Python's `str()` makes of plain data, as the publisher writes it: `{'a': 1, 'b': None}`. Never throws. */
export function pythonText(value: unknown): string {
  return typeof value === 'string' ? value : literal(value, 0);
}

function literal(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return number(value);
    case 'bigint':
      return value.toString();
    case 'object':
      return structure(value, depth);
    default:
      return 'None';
  }
}

function structure(value: object | null, depth: number): string {
  if (value === null || depth >= MAX_DEPTH) return 'None';
  if (isFirestoreTime(value)) return quoted(pythonTime(value.seconds, value.nanoseconds / 1000));
  if (Array.isArray(value)) return `[${value.map((part) => literal(part, depth + 1)).join(', ')}]`;
  // A reference to a document drags the whole client behind it, in a circle: only plain data is written.
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return 'None';
  const parts = Object.entries(value).map(([key, part]) => `${quoted(key)}: ${literal(part, depth + 1)}`);
  return `{${parts.join(', ')}}`;
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return String(value).replace('Infinity', 'inf');
}

/** In single quotes, unless the text holds those and no double ones. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\p{Cc}]/gu, escapeOf);
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

const NAMED = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function escapeOf(character: string): string {
  return NAMED.get(character) ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

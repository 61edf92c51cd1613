import { isAbsent, sameValue } from './canonical-value.js';
import { readPythonLiteral } from './python-literal.js';
import { timestampMicros } from './timestamp.js';
import { isJsonObject, type JsonObject } from './user-event.js';

/**
 * A list item as both sources mean it: what is absent, `null`, `""` or the publisher's default is left out,
 * and so are timestamps and what is merely derived from other fields. Items that say the same have canonical
 * forms that are the same values.
 */
export function canonicalItem(item: JsonObject): JsonObject {
  const canonical: Record<string, unknown> = {};
  for (const key in item) {
    const value = canonicalField(item, key);
    if (!isAbsent(value)) canonical[key] = value;
  }
  return canonical;
}

/**
 * Whether two items have the same canonical form. Where they agree letter by letter, which is told natively, that form
 * is not even made.
 */
export function sameItem(a: JsonObject, b: JsonObject): boolean {
  if (isLetterByLetter(a, b)) return true;
  for (const key in a) if (!sameValue(canonicalField(a, key), ownField(b, key))) return false;
  for (const key in b) if (!Object.hasOwn(a, key) && !isAbsent(canonicalField(b, key))) return false;
  return true;
}

function ownField(item: JsonObject, key: string): unknown {
  return Object.hasOwn(item, key) ? canonicalField(item, key) : undefined;
}

/** The same keys with the same texts and numbers; an object or array within is for the other way to judge. */
function isLetterByLetter(a: JsonObject, b: JsonObject): boolean {
  let more = 0;
  for (const key in a) {
    if (key === 'timestamp') continue;
    // Nor is one that is there but undefined: it would stand for a key that only the other has.
    if (a[key] === undefined || a[key] !== b[key]) return false;
    more++;
  }
  for (const key in b) if (key !== 'timestamp') more--;
  return more === 0;
}

/** What the publisher puts where the database has nothing. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['file_name', 'Document'],
  ['status', 'info'],
]);

/** One field as `canonicalItem` has it; undefined or otherwise absent where it says nothing. */
export function canonicalField(item: JsonObject, key: string): unknown {
  const value = item[key];
  switch (key) {
    case 'timestamp':
      return undefined;
    case 'read':
      return isTruthyInPython(value) ? true : undefined;
    case 'message':
      return isDerivedMessage(item, value) ? undefined : value;
    case 'url':
      return isDerivedUrl(item, value) ? undefined : value;
    case 'additional_info':
      return looseInfo(value);
    default:
      return value === DEFAULTS.get(key) ? undefined : value;
  }
}

/** Legacy leaves `read` as the database has it; the publisher says `bool(read)`. */
function isTruthyInPython(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** `message` is made of the file's name and the status: a difference there is named there, once. */
function isDerivedMessage(item: JsonObject, message: unknown): boolean {
  if (typeof message !== 'string') return false;
  const statuses = texts(item, 'status');
  return texts(item, 'file_name').some((name) => statuses.some((status) => isJoined(message, name, status)));
}

/** Whether it is both with ` - ` between, without making that text. */
function isJoined(message: string, name: string, status: string): boolean {
  const length = name.length + 3 + status.length;
  if (message.length !== length || !message.startsWith(name)) return false;
  return message.startsWith(' - ', name.length) && message.endsWith(status);
}

/** `/edit_form/None` names nothing; any other names one of the item's own ids. */
function isDerivedUrl(item: JsonObject, url: unknown): boolean {
  if (typeof url !== 'string' || !url.startsWith(EDIT_FORM)) return false;
  const length = url.length - EDIT_FORM.length;
  if (length === 0 || (length === 4 && url.endsWith('None'))) return true;
  return URL_IDS.some((key) => {
    const id = isAbsent(item[key]) ? undefined : textOf(item[key]);
    return id?.length === length && url.endsWith(id);
  });
}

const EDIT_FORM = '/edit_form/';
const URL_IDS = ['job_id', 'doc_id', 'file_id'] as const;

/** How a field may stand in a derived text: Python writes an absent one as `None`, the publisher as its default. */
function texts(item: JsonObject, key: 'file_name' | 'status'): readonly string[] {
  const value = item[key];
  if (isAbsent(value)) return ['None', '', DEFAULTS.get(key) ?? ''];
  const text = textOf(value);
  return text === undefined ? [] : [text];
}

/** Not of an object: a legacy item may hold one that has no text. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/**
 * `additional_info` is an object on one side and Python's or JSON's text of it on the other. Whatever can be
 * read is read; times within it and empty parts are left out, and text that is no literal stays text.
 */
function looseInfo(value: unknown): unknown {
  const read = typeof value === 'string' ? (readPythonLiteral(value) ?? textOrNothing(value)) : value;
  return loosened(read, 0);
}

function loosened(value: unknown, depth: number): unknown {
  if (depth > MAX_INFO_DEPTH) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((v) => loosened(v, depth + 1));
  if (typeof value === 'string') return timestampMicros(value) === undefined ? value : undefined;
  if (!isJsonObject(value)) return value;
  const parts = Object.entries(value)
    .map(([key, part]) => [key, loosened(part, depth + 1)] as const)
    .filter(([, part]) => !isAbsent(part));
  return parts.length === 0 ? undefined : Object.fromEntries(parts);
}

const MAX_INFO_DEPTH = 32;

/** `None` and `null` were read, and say nothing; any other text that could not be read says itself. */
function textOrNothing(text: string): string | undefined {
  return text.trim() === 'None' || text.trim() === 'null' ? undefined : text.trim();
}

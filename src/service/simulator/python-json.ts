/**
 * JSON as Python's `json.dumps` writes it with its defaults: everything outside of printable ASCII is escaped,
 * `", "` and `": "` separate, and numbers that JSON does not have are bare `NaN` and `Infinity`.
 * Keys whose value is undefined are left out.
 */
export function pythonJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return pythonNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return 'null';
  const parts = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${parts.map(([key, part]) => `${quoted(key)}: ${pythonJson(part)}`).join(', ')}}`;
}

/** `str()` of a Python value, which is what becomes of an object where the publisher wants a text. */
export function pythonRepr(value: unknown): string {
  if (typeof value === 'string') return reprString(value);
  if (typeof value === 'number') return pythonNumber(value).toLowerCase().replace('infinity', 'inf');
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return 'None';
  const parts = Object.entries(value).map(([key, part]) => `${pythonRepr(key)}: ${pythonRepr(part)}`);
  return `{${parts.join(', ')}}`;
}

function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return Object.is(value, -0) ? '-0.0' : String(value);
}

const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  // JSON.stringify escapes what both escape alike; the rest is what only Python escapes.
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, unicodeEscape);
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `${quote}${escaped}${quote}`;
}

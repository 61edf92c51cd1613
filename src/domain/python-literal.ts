/**
 * Reads what Python's `str()` makes of plain data: `{'a': 1, 'b': None}`, `[True, 'x']`, `1.0`. A call such as
 * `datetime(2025, 9, 20)` is read as `null`. Returns `undefined` where the text is no such literal; JSON is
 * read as well, because its words (`true`, `null`) are taken too.
 */
export function readPythonLiteral(text: string): unknown {
  if (WORDS.has(text)) return WORDS.get(text);
  if (!OPENING.test(text)) return undefined;
  const reader = new LiteralReader(text);
  try {
    return reader.read();
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}

class NotALiteral extends Error {}
// Made once: what most texts are is no reason to record a stack each time.
const NOT_A_LITERAL = new NotALiteral();
const OPENING = /^\s*[{[('"\d.+-]/;

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['None', null],
  ['null', null],
  ['NaN', null],
  ['nan', null],
  ['inf', null],
  ['-inf', null],
  ['True', true],
  ['true', true],
  ['False', false],
  ['false', false],
]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
]);
const CODE_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);
const CLOSERS: ReadonlyMap<string, string> = new Map([
  ['[', ']'],
  ['(', ')'],
  ['{', '}'],
]);
const MAX_DEPTH = 32;

class LiteralReader {
  private at = 0;

  constructor(private readonly text: string) {}

  read(): unknown {
    const value = this.value(0);
    this.space();
    if (this.at !== this.text.length) throw NOT_A_LITERAL;
    return value;
  }

  private value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw NOT_A_LITERAL;
    this.space();
    const next = this.text[this.at] ?? '';
    if (next === '{') return this.object(depth);
    if (next === '[' || next === '(') return this.list(depth);
    if (next === "'" || next === '"') return this.quoted();
    return this.wordOrNumber(depth);
  }

  private object(depth: number): unknown {
    const pairs: [string, unknown][] = [];
    this.each('{', () => {
      const key = this.value(depth + 1);
      this.space();
      this.take(':');
      pairs.push([String(key), this.value(depth + 1)]);
    });
    return Object.fromEntries(pairs);
  }

  private list(depth: number): unknown[] {
    const values: unknown[] = [];
    this.each(this.text[this.at] ?? '', () => values.push(this.value(depth + 1)));
    return values;
  }

  private each(opener: string, element: () => void): void {
    const closer = CLOSERS.get(opener) ?? '';
    this.take(opener);
    for (;;) {
      this.space();
      if (this.text[this.at] === closer) break;
      element();
      this.space();
      if (this.text[this.at] !== ',') break;
      this.at++;
    }
    this.take(closer);
  }

  private quoted(): string {
    const quote = this.text[this.at++];
    let read = '';
    for (;;) {
      const character = this.text[this.at++];
      if (character === undefined) throw NOT_A_LITERAL;
      if (character === quote) return read;
      read += character === '\\' ? this.escaped() : character;
    }
  }

  private escaped(): string {
    const character = this.text[this.at++] ?? '';
    const length = CODE_LENGTHS.get(character);
    if (length === undefined) return ESCAPES.get(character) ?? character;
    const code = Number.parseInt(this.text.slice(this.at, this.at + length), 16);
    if (!(code <= 0x10ffff)) throw NOT_A_LITERAL;
    this.at += length;
    return String.fromCodePoint(code);
  }

  private wordOrNumber(depth: number): unknown {
    WORD.lastIndex = this.at;
    const word = WORD.exec(this.text)?.[0];
    if (word === undefined) throw NOT_A_LITERAL;
    this.at += word.length;
    if (WORDS.has(word)) return WORDS.get(word);
    const number = Number(word);
    if (!Number.isNaN(number)) return number;
    if (this.text[this.at] !== '(') throw NOT_A_LITERAL;
    return this.call(depth);
  }

  /** `datetime.datetime(2025, 9, tzinfo=…)`: what it holds is a time, and times are left out. */
  private call(depth: number): null {
    this.each('(', () => {
      NAMED_ARGUMENT.lastIndex = this.at;
      this.at += NAMED_ARGUMENT.exec(this.text)?.[0].length ?? 0;
      if (!this.text.startsWith('datetime.timezone.utc', this.at)) this.value(depth + 1);
      else this.at += 'datetime.timezone.utc'.length;
    });
    return null;
  }

  private take(character: string): void {
    if (character === '' || this.text[this.at] !== character) throw NOT_A_LITERAL;
    this.at++;
  }

  private space(): void {
    while (SPACES.has(this.text[this.at])) this.at++;
  }
}

const SPACES: ReadonlySet<string | undefined> = new Set([' ', '\n', '\r', '\t']);
const WORD = /[A-Za-z0-9_.+-]+/y;
const NAMED_ARGUMENT = /[a-z_]+=/y;

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** One fenced block of a page: its language, and its text without the fence. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** One page that a reader is given. */
export interface Page {
  /** from the root of the package */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** code within sentences and tables */
  readonly inline: readonly string[];
}

/** Every page there is, whoever it is for. */
export function allPages(): readonly Page[] {
  const paths = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    ...markdownUnder('docs'),
    ...markdownUnder('ops'),
  ];
  return paths.map(pageAt);
}

export function pageAt(path: string): Page {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({
    language,
    text: body,
  }));
  const prose = text.replaceAll(/^```\w*\n[\s\S]*?^```$/gm, '');
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return { path, text, blocks, inline };
}

/** Where the headings of a page can be linked to, as GitHub names them. */
export function anchorsOf({ text }: Page): ReadonlySet<string> {
  const headings = [...text.replaceAll(/^```\w*\n[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)];
  return new Set(
    headings.map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  );
}

function markdownUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { DASHBOARDS, jsonOf, pathOf } from './grafana/src/dashboards.js';
import { withMetricsReference } from './reference/metrics-reference.js';

/** A file of the repository whose text the code says. */
export interface WrittenFile {
  /** from the root of the repository */
  readonly path: string;
  /** formatted as the repository wants it */
  readonly text: string;
}

const ROOT = new URL('../', import.meta.url);

/** Every file that `npm run ops:write` writes. A test holds the committed ones against them. */
export async function writtenFiles(): Promise<readonly WrittenFile[]> {
  const raw = [
    { path: 'docs/metrics.md', text: withMetricsReference(committed('docs/metrics.md')) },
    ...DASHBOARDS.map((spec) => ({ path: pathOf(spec), text: jsonOf(spec) })),
  ];
  return Promise.all(raw.map(async ({ path, text }) => ({ path, text: await formatted(path, text) })));
}

/** What is committed at a path, or nothing. */
export function committed(path: string): string {
  try {
    return readFileSync(new URL(path, ROOT), 'utf8');
  } catch {
    return '';
  }
}

async function formatted(path: string, text: string): Promise<string> {
  const filepath = fileURLToPath(new URL(path, ROOT));
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

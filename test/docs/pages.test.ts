import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parse } from 'yaml';
import { ALL_METRICS } from '../../ops/reference/metric.js';
import { KNOWN_TYPES } from '../../src/domain/event-type.js';
import { VARIABLES } from '../../src/nest/variables.js';
import { parsePlan } from '../../src/rollout/parse-plan.js';
import { crossfadeProgram } from '../../src/service/commands/program.js';
import { commandsOf, problemOf } from './command-words.js';
import { allPages, anchorsOf, pageAt, ROOT, type Page } from './page.js';

const PAGES = allPages();
const SCRIPTS = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object }).scripts;

/** Names that look like settings, and are read by the tests, the bridge or TypeScript alone. */
const NOT_SETTINGS = new Set([
  'CROSSFADE_LONG',
  'CROSSFADE_TEST_POSTGRES_URL',
  'CROSSFADE_BRIDGE_TOKEN',
  'CROSSFADE_REGISTRY',
]);

/** What only a run leaves behind, and no clone has. */
const WRITTEN_BY_A_RUN = new Set(['test/bench/results/latest.json']);

/** Each page's words of a kind that are nowhere else, as `page: word`, so that a failure names them all. */
function strangers(words: (page: Page) => Iterable<string>, isKnown: (word: string) => boolean): string[] {
  return PAGES.flatMap((page) =>
    [...new Set(words(page))].filter((word) => !isKnown(word)).map((word) => `${page.path}: ${word}`),
  );
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([whole, group]) => group ?? whole);
}

describe('given every page', () => {
  it('names only commands and options that there are', () => {
    const program = crossfadeProgram();
    const problems = PAGES.flatMap((page) =>
      commandsOf(page).flatMap((written) => {
        const problem = problemOf(written, program);
        return problem === undefined ? [] : [`${page.path}: ${problem}`];
      }),
    );
    expect(problems).toEqual([]);
    // It would be no use if it saw none.
    expect(PAGES.flatMap(commandsOf).length).toBeGreaterThan(40);
  });

  it('names only settings that are read', () => {
    const known = Object.keys(VARIABLES);
    const isKnown = (word: string): boolean =>
      NOT_SETTINGS.has(word) ||
      known.some((name) => name === word || new RegExp(`^${word.replaceAll('*', '[A-Z_]*')}$`).test(name));
    expect(
      strangers(({ text }) => matches(text, /\b(?:LISTENERS|CROSSFADE)_[A-Z_*]*[A-Z*]/g), isKnown),
    ).toEqual([]);
  });

  it('names only metrics that are counted', () => {
    const names = new Set(ALL_METRICS.map(({ name }) => name));
    const isKnown = (word: string): boolean =>
      names.has(word) ||
      names.has(word.replace(/_(bucket|sum|count)$/, '')) ||
      (word.endsWith('_') && [...names].some((name) => name.startsWith(word)));
    expect(strangers(({ text }) => matches(text, /\bcrossfade_[a-z_]+/g), isKnown)).toEqual([]);
  });

  it('names only scripts of npm that there are', () => {
    const isKnown = (script: string): boolean => script in SCRIPTS;
    expect(strangers(({ text }) => matches(text, /npm run (?:--silent )?([a-z:-]+)/g), isKnown)).toEqual([]);
  });

  it('names only files that there are', () => {
    // An address of the admin API is no file.
    const isKnown = (path: string): boolean =>
      path.startsWith('crossfade/') ||
      WRITTEN_BY_A_RUN.has(path) ||
      ['', 'src'].some((base) => existsSync(join(ROOT, base, path)));
    const paths = ({ inline }: Page): string[] =>
      inline.filter((code) => /^\w[\w./-]*\/[\w.-]+\.(ts|py|json|ya?ml)$/.test(code));
    expect(strangers(paths, isKnown)).toEqual([]);
    expect(PAGES.flatMap(paths).length).toBeGreaterThan(15);
  });

  it('links only to what is there', () => {
    const broken = PAGES.flatMap((page) =>
      matches(page.text, /\]\(([^)\s]+)\)/g)
        .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(page, target))
        .map((target) => `${page.path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

function leadsSomewhere(page: Page, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page.path : normalize(join(dirname(page.path), file));
  if (!existsSync(join(ROOT, path))) return false;
  return anchor === undefined || anchorsOf(pageAt(path)).has(decodeURIComponent(anchor));
}

describe('given the samples of the pages', () => {
  const examples = readdirSync(join(ROOT, 'docs/examples')).filter((name) => name.endsWith('.ts'));
  const sources = [...examples.map((name) => `docs/examples/${name}`), 'test/comparing/rules-sample.ts'].map(
    (path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }),
  );
  const blocks = (language: string) =>
    PAGES.flatMap(({ path, blocks: all }) =>
      all.filter((block) => block.language === language).map(({ text }) => ({ path, text })),
    );

  it('are, where they are TypeScript, the text of a file that a test runs', () => {
    const invented = blocks('ts').filter(({ text }) => !sources.some((source) => source.text.includes(text)));
    expect(invented).toEqual([]);
    const shown = blocks('ts').map(({ text }) => text);
    const unseen = sources.filter((source) => !shown.some((text) => source.text.includes(text)));
    expect(unseen.map(({ path }) => path)).toEqual([]);
    const run = readFileSync(join(ROOT, 'test/docs/samples.test.ts'), 'utf8');
    for (const name of examples.filter((each) => each !== 'events.controller.ts'))
      expect(run).toContain(`docs/examples/${name.replace(/\.ts$/, '.js')}`);
  });

  it('are, where they are JSON or a plan, what is read', () => {
    for (const { text } of blocks('json')) expect(() => JSON.parse(text) as unknown).not.toThrow();
    for (const { text } of blocks('yaml')) expect(parsePlan(parse(text))).toMatchObject({ ok: true });
  });

  it('are, where they are Python, Python', () => {
    const program = 'import ast, sys; ast.parse(sys.stdin.read())';
    for (const { text } of blocks('python'))
      expect(() => execFileSync('python3', ['-c', program], { input: text })).not.toThrow();
  });

  it('are of a language that is looked at', () => {
    const known = new Set(['ts', 'json', 'yaml', 'python', 'sh', '']);
    const others = PAGES.flatMap(({ path, blocks: all }) =>
      all.filter(({ language }) => !known.has(language)).map(({ language }) => `${path}: ${language}`),
    );
    expect(others).toEqual([]);
  });
});

describe('given the index in the README', () => {
  it('leads to every page', () => {
    const linked = new Set(matches(pageAt('README.md').text, /\]\(([^)#\s]+)\)/g));
    const pages = PAGES.map(({ path }) => path).filter((path) => /^docs\/(fr\/)?[^/]+\.md$/.test(path));
    expect(pages.filter((path) => !linked.has(path))).toEqual([]);
  });
});

describe('given the options in the tutorial', () => {
  it('are all that the module takes, and no other', () => {
    const source = readFileSync(join(ROOT, 'src/nest/crossfade-options.ts'), 'utf8');
    const declared = /export interface CrossfadeOptions \{([\s\S]*?)^\}/m.exec(source)?.[1] ?? '';
    const table = pageAt('docs/tutorial.md').text.split('\n## Options')[1] ?? '';
    expect(matches(table, /^\| `([A-Za-z]+)`/gm).sort()).toEqual(
      matches(declared, /^ {2}readonly ([A-Za-z]+)\??:/gm).sort(),
    );
  });
});

describe('given the events in the tutorial', () => {
  it('are all that have a name', () => {
    const { inline } = pageAt('docs/tutorial.md');
    expect(KNOWN_TYPES.filter((type) => !inline.includes(type))).toEqual([]);
  });
});

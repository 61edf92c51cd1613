import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** One file that the console is made of. */
export interface ConsoleFile {
  readonly type: string;
  readonly text: string;
}

const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript' } as const;
const OURS = [
  'page.html',
  'console.css',
  'main.js',
  'actions.js',
  'api.js',
  'charts.js',
  'dom.js',
  'explain.js',
  'history.js',
  'live.js',
  'mismatches.js',
  'rollout.js',
  'trouble.js',
  'words.js',
] as const;

/** Every file of the console by its name, with the chart library that it draws by; there is no other. */
export function consoleFiles(): ReadonlyMap<string, ConsoleFile> {
  const library = createRequire(import.meta.url).resolve('uplot');
  const beside = (name: string): string => readFileSync(new URL(name, `file://${library}`), 'utf8');
  return new Map([
    ...OURS.map((name) => {
      const text = readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
      return [name, { type: typeOf(name), text }] as const;
    }),
    ['uplot.js', { type: typeOf('uplot.js'), text: beside('uPlot.esm.js') }],
    ['uplot.css', { type: typeOf('uplot.css'), text: beside('uPlot.min.css') }],
  ]);
}

function typeOf(name: string): string {
  return `${TYPES[name.split('.').at(-1) as keyof typeof TYPES]}; charset=utf-8`;
}

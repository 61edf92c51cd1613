import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { describe, expect, it } from '@jest/globals';

/** `import` or `export … from` that stays when types are gone; `import()` loads only who calls it. */
const LOADED_AT_ONCE = /^(?:import|export) (?!type )(?:[^;]*? from )?'([^']+)';$/gm;

/** The packages that a file and all that it loads at once bring with them. */
function packagesOf(file: URL, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file.href)) return packages;
  seen.add(file.href);
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(LOADED_AT_ONCE)) {
    if (!name.startsWith('.')) packages.add(name);
    else for (const more of packagesOf(new URL(name.replace(/\.js$/, '.ts'), file), seen)) packages.add(more);
  }
  return packages;
}

const at = (path: string): string[] =>
  [...packagesOf(new URL(`../../src/${path}`, import.meta.url))].filter(
    (name) => !builtinModules.includes(name.replace(/^node:/, '')),
  );

describe('given a host that starts in legacy mode', () => {
  it('loads no client with the public names, and of prom-client four parts', () => {
    const parts = ['counter', 'gauge', 'histogram', 'registry'];
    const ofPrometheus = parts.map((part) => `prom-client/lib/${part}.js`);
    expect(at('index.ts').sort()).toEqual(['@nestjs/common', ...ofPrometheus, 'rxjs']);
  });
});

describe('given a mode in which users move', () => {
  it('loads the client of Redis, and neither WebSockets nor Unleash before they are asked for', () => {
    expect(at('nest/start-moving.ts')).toEqual(['ioredis']);
  });
});

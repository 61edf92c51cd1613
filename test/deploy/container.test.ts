import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DockerfileParser } from 'dockerfile-ast';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('given the Dockerfile', () => {
  const file = DockerfileParser.parse(read('Dockerfile'));
  const instructions = file.getInstructions();
  const last = instructions.map((each) => each.getInstruction()).lastIndexOf('FROM');
  const final = instructions.slice(last);
  const argumentsOf = (keyword: string): string[] =>
    final.filter((each) => each.getInstruction() === keyword).map((each) => each.getArgumentsContent() ?? '');

  it('builds in stages, all from one pinned base', () => {
    expect(file.getFROMs().length).toBeGreaterThan(1);
    for (const from of file.getFROMs()) expect(from.getImage()).toBe('${NODE_IMAGE}');
    // A release, not a tag that moves.
    expect(read('Dockerfile')).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/m);
  });

  it('runs as a user who owns nothing, without dev dependencies, and is told signals itself', () => {
    expect(argumentsOf('USER')).toEqual(['node']);
    expect(read('Dockerfile')).toMatch(/npm ci --omit=dev --ignore-scripts/);
    expect(argumentsOf('CMD')).toEqual(['["node", "dist/main.js"]']);
    expect(argumentsOf('STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(argumentsOf('RUN')).toEqual([]);
    expect(argumentsOf('COPY').filter((text) => text.includes('--chown'))).toEqual([]);
  });

  it('asks only whether the process lives', () => {
    expect(argumentsOf('HEALTHCHECK')).toEqual([expect.stringContaining('dist/service/health-check.js')]);
    expect(read('src/service/health-check.ts')).not.toMatch(/readyz|degraded/);
  });

  it('holds no secret', () => {
    for (const each of instructions.filter((one) => ['ENV', 'ARG'].includes(one.getInstruction())))
      expect(each.getArgumentsContent()).not.toMatch(/TOKEN|SECRET|PASSWORD/);
  });

  it('is built from what .dockerignore lets through, and from nothing else', () => {
    const [all, ...through] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(all).toBe('*');
    const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.*)$/gm)].flatMap(([, words = '']) =>
      words.split(/\s+/).slice(0, -1),
    );
    expect(new Set(copied.map((name) => `!${name}`))).toEqual(new Set(through));
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { flagFileText } from '../../src/flags/flag-file-text.js';
import { FlagFileWriter } from '../../src/flags/flag-file-writer.js';
import { canariesOf, compareOf, featuresOf, serveOf } from './make-flags.js';

let folder = '';
let path = '';
let writer: FlagFileWriter;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfade-writer-'));
  path = join(folder, 'flags.json');
  writer = new FlagFileWriter(path);
  await writeFile(path, flagFileText({ compare: 50, serve: 25 }));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('given a flags file', () => {
  it('moves one percentage and leaves the rest of the file as it is', async () => {
    const features = featuresOf({ compare: compareOf('50', canariesOf('a')), serve: serveOf('25') });
    await writeFile(path, JSON.stringify({ ...features, note: 'kept' }));
    expect(await writer.write({ flag: 'compare', from: 50, to: 60 })).toEqual({
      outcome: 'written',
      percent: 60,
    });
    const expected = featuresOf({ compare: compareOf('60', canariesOf('a')), serve: serveOf('25') });
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ ...expected, note: 'kept' });
    expect(await writer.standing()).toEqual({ known: true, percents: { compare: 60, serve: 25 } });
  });

  it('repeats without harm, notices another hand, and refuses a surprise', async () => {
    expect(await writer.write({ flag: 'serve', from: 5, to: 25 })).toEqual({
      outcome: 'written',
      percent: 25,
    });
    expect(await writer.write({ flag: 'serve', from: 5, to: 10 })).toMatchObject({
      outcome: 'conflict',
      percent: 25,
    });
    expect(await writer.write({ flag: 'serve', from: 25, to: 75 })).toMatchObject({ outcome: 'failed' });
    expect(await readFile(path, 'utf8')).toBe(flagFileText({ compare: 50, serve: 25 }));
  });

  it('switches a flag off', async () => {
    expect(await writer.switchOff('serve')).toEqual({ outcome: 'written', percent: 0 });
    expect(await writer.standing()).toEqual({ known: true, percents: { compare: 50, serve: 0 } });
  });

  it.each(['{', '[]', ''])('fails on a file that reads %j', async (text) => {
    await writeFile(path, text);
    expect(await writer.write({ flag: 'serve', from: 25, to: 30 })).toMatchObject({ outcome: 'failed' });
    expect(await writer.standing()).toMatchObject({ known: false });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('fails without a file, and makes none', async () => {
    await rm(path);
    expect(await writer.switchOff('serve')).toMatchObject({ outcome: 'failed' });
    await expect(readFile(path)).rejects.toThrow('ENOENT');
  });
});

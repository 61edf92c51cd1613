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
    expect(await writer.standing()).toEqual({
      known: true,
      percents: { compare: 60, serve: 25 },
      canaries: { compare: ['a'], serve: [] },
    });
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

  it('keeps who wrote last, and refuses whoever has an older token', async () => {
    const marker = { token: 7, decisionId: 'd12' };
    expect(await writer.write({ flag: 'serve', from: 25, to: 30, marker })).toMatchObject({
      outcome: 'written',
    });
    expect(await writer.standing()).toMatchObject({ markers: { serve: marker } });
    const stale = { flag: 'serve', from: 30, to: 50, marker: { token: 6, decisionId: 'd9' } } as const;
    expect(await writer.write(stale)).toMatchObject({ outcome: 'conflict', percent: 30 });
    expect(await writer.nameCanaries({ ...stale, uids: ['ann'] })).toMatchObject({ outcome: 'conflict' });
    expect(await writer.standing()).toMatchObject({ percents: { serve: 30 }, markers: { serve: marker } });
  });

  it('names users, changes the names and takes them away', async () => {
    const marker = { token: 1, decisionId: 'd1' };
    for (const uids of [['ann'], ['ann', 'bob'], []]) {
      expect(await writer.nameCanaries({ flag: 'compare', uids, marker })).toEqual({
        outcome: 'written',
        percent: 50,
      });
      expect(await writer.standing()).toMatchObject({
        canaries: { compare: uids },
        markers: { compare: marker },
      });
    }
    expect(await writer.nameCanaries({ flag: 'serve', uids: ['ann'] })).toMatchObject({ outcome: 'failed' });
  });

  it('switches a flag off', async () => {
    expect(await writer.switchOff('serve')).toEqual({ outcome: 'written', percent: 0 });
    expect(await writer.standing()).toMatchObject({ known: true, percents: { compare: 50, serve: 0 } });
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

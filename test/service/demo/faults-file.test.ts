import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { plantFromFile } from '../../../src/service/demo/faults-file.js';
import { faultsText, parseFaults, type Fault } from '../../../src/service/simulator/faults.js';
import { waitFor } from '../../wait-for.js';

let folder: string;
let path: string;
let leave: () => Promise<void>;
let said: string[];
let faults: readonly Fault[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfade-faults-'));
  path = join(folder, 'faults.txt');
  said = [];
  faults = parseFaults('drop=5%');
  const simulator = {
    get faults() {
      return faults;
    },
    setFaults: (next: string | readonly Fault[]) => {
      faults = typeof next === 'string' ? parseFaults(next) : next;
    },
  };
  leave = await plantFromFile(path, simulator, (line) => said.push(line));
});
afterEach(async () => {
  await leave();
  await rm(folder, { recursive: true });
});

describe('given a demo that takes faults from a file', () => {
  it('has those in the file that are in force', async () => {
    expect(await readFile(path, 'utf8')).toBe('drop=5%\n');
  });

  it('plants what is written, says what cannot be read and keeps what is in force, and takes all away again', async () => {
    await writeFile(path, 'alter=1%, chat.message:drop=3%\n');
    await waitFor('the faults', () => faultsText(faults) === 'alter=1%, chat.message:drop=3%');
    await writeFile(path, 'explode');
    await waitFor('words', () => said.length > 0);
    expect(said).toEqual([expect.stringMatching(/^Faults: There is no fault "explode"\. Write drop=5%/)]);
    expect(faultsText(faults)).toBe('alter=1%, chat.message:drop=3%');
    await writeFile(path, 'off');
    await waitFor('no faults', () => faults.length === 0);
  });
});

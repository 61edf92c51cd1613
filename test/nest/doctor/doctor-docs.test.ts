import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { optionalTrials } from '../../../src/nest/doctor/command-trials.js';
import { CHECKPOINTS } from '../../../src/nest/doctor/checkpoint.js';
import { PLANTED_FAULTS } from './planted-faults.js';

const PAGE = readFileSync(new URL('../../../docs/doctor.md', import.meta.url), 'utf8');

describe('given docs/doctor.md', () => {
  it('has a row for every checkpoint, in their order, and for no other', () => {
    const table = PAGE.slice(PAGE.indexOf('## Checkpoints'));
    expect([...table.matchAll(/^\| `([a-z_]+)`/gm)].map(([, name]) => name)).toEqual([...CHECKPOINTS]);
  });

  it('says as much in French', () => {
    const guide = readFileSync(new URL('../../../docs/fr/guide-integration.md', import.meta.url), 'utf8');
    const table = guide.slice(guide.indexOf('## Le docteur'), guide.indexOf('## Les quatre étapes'));
    expect([...table.matchAll(/^\| `([a-z_]+)`/gm)].map(([, name]) => name)).toEqual([...CHECKPOINTS]);
  });

  it('names every command that is tried', () => {
    for (const { command } of optionalTrials('')) expect(PAGE).toContain(`\`${command}\``);
  });

  it('shows the very shape that is printed', () => {
    const sample = /```json\n([\s\S]+?)```/.exec(PAGE)?.[1] ?? '';
    expect(JSON.parse(sample)).toMatchObject({
      ok: false,
      checkpoints: [{ name: 'tcp', mark: 'fault', findings: [{ mark: 'fault', cure: expect.any(String) }] }],
    });
  });

  it('speaks of no checkpoint that no fault was planted for', () => {
    const planted = new Set(PLANTED_FAULTS.map(({ checkpoint }) => checkpoint));
    expect(CHECKPOINTS.filter((name) => !planted.has(name))).toEqual([]);
  });
});

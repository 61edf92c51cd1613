import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { REASON_CODES } from '../../src/domain/verdict.js';

const RUNBOOK = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

describe('given the runbook', () => {
  it('has an entry for every reason code, and for no other', () => {
    const entries = [...RUNBOOK.matchAll(/^### `([a-z_]+)`$/gm)].map(([, code]) => code);
    expect(entries.sort()).toEqual([...REASON_CODES].sort());
  });

  it('says what to do in each', () => {
    for (const entry of RUNBOOK.split(/^### /m).slice(1)) expect(entry).toMatch(/\*\*Do:\*\* \S/);
  });
});

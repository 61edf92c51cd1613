import { describe, expect, it } from '@jest/globals';
import { checkpointLines, summaryLine } from '../../../src/service/commands/doctor-text.js';
import type { CheckpointReport, DoctorReport } from '../../../src/tools.js';

const LONG = 'a word and another one, and so on until a line of eighty columns is full, and full again';

const REPORT: DoctorReport = {
  ok: false,
  checkpoints: [
    { name: 'dns', mark: 'ok', tookMs: 1, findings: [{ mark: 'ok', says: 'well' }] },
    {
      name: 'authentication',
      mark: 'fault',
      tookMs: 1,
      findings: [
        { mark: 'warning', says: LONG, cure: LONG },
        { mark: 'fault', says: 'ill', cure: 'mend it' },
      ],
    },
    { name: 'db', mark: 'skipped', tookMs: 0, findings: [{ mark: 'skipped', says: 'not now' }] },
  ],
};

function linesOf(colours: boolean): string[] {
  return REPORT.checkpoints.flatMap((each: CheckpointReport) => checkpointLines(each, colours));
}

describe('given what a doctor found', () => {
  it('is read in 80 columns, each mark a word, each cure under what it cures', () => {
    const lines = linesOf(false);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines).toEqual([
      'ok     dns             well',
      'WARN   authentication  a word and another one, and so on until a line of eighty',
      '                       columns is full, and full again',
      '                       -> a word and another one, and so on until a line of',
      '                          eighty columns is full, and full again',
      'FAULT                  ill',
      '                       -> mend it',
      'skip   db              not now',
    ]);
  });

  it('says the same with colours, which only dress the word', () => {
    // eslint-disable-next-line no-control-regex
    const bare = linesOf(true).map((line) => line.replaceAll(/\u001b\[\d+m/g, ''));
    expect(bare).toEqual(linesOf(false));
  });

  it('is counted by the worst of each checkpoint', () => {
    expect(summaryLine(REPORT)).toBe('Not fit: 1 with a fault, 0 with a warning, 1 ok, 1 skipped.');
    expect(summaryLine({ ok: true, checkpoints: [] })).toMatch(/^Fit: /);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { digestText } from '../../src/domain/digest.js';
import { ComparerBench } from './comparer-bench.js';
import { settings } from './rules-sample.js';

describe('given the sample of rules in the documentation', () => {
  it('stands there word for word', () => {
    const sample = readFileSync(new URL('rules-sample.ts', import.meta.url), 'utf8');
    const page = readFileSync(new URL('../../docs/comparing.md', import.meta.url), 'utf8');
    expect(page).toContain(sample.slice(sample.indexOf('export const')).trim());
  });

  it('does what its comments say', () => {
    const bench = new ComparerBench({ settings });
    const uid =
      Array.from({ length: 99 }, (_, n) => `u${n}`).find((each) => digestText(each) % 10 === 0) ?? '';
    const session = bench.session({ uid });
    bench.list(session, 'legacy', [{ doc_id: 'a', collection_id: 'company-1' }]);
    bench.list(session, 'redis', [
      { doc_id: 'a', collection_id: 'company-1' },
      { doc_id: 'b', collection_id: 'company-2' },
    ]);
    const task = (progress: number, host: string): object => ({
      task_id: 't',
      status: 'running',
      progress,
      data: { worker: { host } },
    });
    bench.say(session, 'legacy', 'task.progress_update', task(41.7, 'x'), uid);
    bench.say(session, 'redis', 'task.progress_update', task(42, 'y'), uid);
    bench.clock.advance(10_000);
    expect(bench.counts()).toEqual({
      'compared matched notif.sync': 1,
      'compared matched task.progress_update': 1,
    });
  });
});

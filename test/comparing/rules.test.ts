import { describe, expect, it } from '@jest/globals';
import { Rules } from '../../src/comparing/rules.js';
import type { RuleSettings } from '../../src/comparing/rule-settings.js';
import { CrossfadeError } from '../../src/domain/errors.js';
import { digestText } from '../../src/domain/digest.js';
import { CHAT, ComparerBench } from './comparer-bench.js';

describe('given rules as settings', () => {
  it('are the contract where nothing is set', () => {
    const rules = new Rules();
    const kinds = ['notif.sync', 'msg.sync', 'chat.message', 'notif.job_updated', 'notif.add', 'brand.new'];
    expect(kinds.map((type) => rules.ruleOf(type).compare)).toEqual([
      'list',
      'list',
      'event',
      'not',
      'not',
      'not',
    ]);
    expect(rules.ruleOf('notif.sync')).toMatchObject({ windowMs: 5_000, settleMs: 2_000, itemId: 'doc_id' });
  });

  it('change only what they name, and the longest pattern that fits applies', () => {
    const rules = new Rules([
      { type: 'notif.sync', settleMs: 500 },
      { type: 'workflow.*', compare: 'event' },
      { type: 'workflow.step*', compare: 'event', windowMs: 9_000 },
      { type: 'workflow.step_update', compare: 'not' },
    ]);
    expect(rules.ruleOf('notif.sync')).toMatchObject({
      compare: 'list',
      items: 'notifications',
      settleMs: 500,
    });
    expect(rules.ruleOf('workflow.invoice_update')).toMatchObject({ compare: 'event', windowMs: 5_000 });
    expect(rules.ruleOf('workflow.step_other')).toMatchObject({ windowMs: 9_000 });
    expect(rules.ruleOf('workflow.step_update').compare).toBe('not');
  });

  it.each<[string, RuleSettings[]]>([
    ['two rules for one type', [{ type: 'a.b' }, { type: 'a.b', windowMs: 1 }]],
    ['a type that is none', [{ type: 'a b' }]],
    ['a star in the middle', [{ type: 'a.*.b' }]],
    ['an empty type', [{ type: '' }]],
    ['a path in another syntax', [{ type: 'a.b', ignore: ['$.payload[0]'] }]],
    ['an empty path', [{ type: 'a.b', ignore: [''] }]],
    ['a path with a gap', [{ type: 'a.b', equalBy: { 'payload..x': String } }]],
    ['an identity that is no path', [{ type: 'a.b', identity: ['payload.id', 'x y'] }]],
    ['a list without items', [{ type: 'a.sync', compare: 'list' }]],
    ['a list with two ids', [{ type: 'a.sync', compare: 'list', items: 'all', identity: ['a', 'b'] }]],
    ['another identity for chats', [{ type: 'chat.message', identity: 'content' }]],
    ['a window of nothing', [{ type: 'a.b', windowMs: 0 }]],
    ['a window of years', [{ type: 'a.b', windowMs: 1e9 }]],
    ['half a user', [{ type: 'a.b', sampleOneIn: 0.5 }]],
    ['an identity of any', [{ type: 'a.b', identity: 'payload.*.id' }]],
    ['a list by a path', [{ type: 'a.sync', compare: 'list', items: 'all', identity: 'meta.id' }]],
    ['a misspelt name', [{ type: 'a.b', widowMs: 1 } as RuleSettings]],
    ['a normaliser that is none', [{ type: 'a.b', normalise: 'x' as never }]],
    ['a judge that is none', [{ type: 'a.b', equalBy: { a: 1 as never } }]],
    ['an unknown way', [{ type: 'a.b', compare: 'maybe' as 'event' }]],
  ])('refuse %s, and say the cure', (_name, settings) => {
    expect(() => new Rules(settings)).toThrow(CrossfadeError);
    expect(() => new Rules(settings)).toThrow(/Give|Write|Leave/);
  });
});

describe('given a rule of one’s own', () => {
  it('ignores paths and judges others by a function, in events and in list items', () => {
    const bench = new ComparerBench({
      settings: {
        rules: [
          {
            type: 'task.progress_update',
            compare: 'event',
            identity: ['payload.task_id'],
            ignore: ['payload.data.*.trace'],
            equalBy: { 'payload.progress': (value) => Math.round(Number(value)) },
          },
          { type: 'notif.sync', equalBy: { amount: (value) => Number(value) } },
        ],
      },
    });
    const session = bench.session();
    const task = (id: string, progress: number, trace: string): object => ({
      task_id: id,
      progress,
      data: [{ trace }],
    });
    bench.say(session, 'legacy', 'task.progress_update', task('t1', 41.6, 'x'));
    bench.say(session, 'redis', 'task.progress_update', task('t1', 42.4, 'y'));
    bench.say(session, 'legacy', 'task.progress_update', task('t2', 41, 'x'));
    bench.say(session, 'redis', 'task.progress_update', task('t2', 43, 'y'));
    bench.list(session, 'legacy', [{ doc_id: 'a', amount: '1250.0' }]);
    bench.list(session, 'redis', [{ doc_id: 'a', amount: 1250 }]);
    bench.clock.advance(10_000);
    expect(bench.counts()).toEqual({
      'compared matched task.progress_update': 1,
      'compared different task.progress_update': 1,
      'compared matched notif.sync': 1,
    });
    expect(bench.comparer.samples()[0]?.fields).toEqual(['payload.progress']);
  });

  it('normalises one side’s company filter away', () => {
    const bench = new ComparerBench({
      settings: {
        rules: [
          {
            type: 'notif.sync',
            normalise: (payload) => ({
              ...payload,
              notifications: (payload['notifications'] as { collection_id: string }[]).filter(
                (each) => each.collection_id === 'c1',
              ),
            }),
          },
        ],
      },
    });
    const session = bench.session();
    const of = (company: string, id: string): object => ({ doc_id: id, collection_id: company });
    bench.list(session, 'legacy', [of('c1', 'a')]);
    bench.list(session, 'redis', [of('c1', 'a'), of('c2', 'b')]);
    bench.clock.advance(10_000);
    expect(bench.counts()).toEqual({ 'compared matched notif.sync': 1 });
  });

  it('leaves out what a normaliser says legacy never shows', () => {
    const bench = new ComparerBench({
      settings: { rules: [{ type: 'chat.message', normalise: () => undefined }] },
    });
    bench.message(bench.session(CHAT), 'redis', 'a');
    bench.clock.advance(10_000);
    expect(bench.counts()).toEqual({ 'notCompared never_shown_by_legacy chat.message': 1 });
  });

  it('samples the same users each time, and says how many', () => {
    const settings = { rules: [{ type: 'notif.sync', sampleOneIn: 4 }] };
    const seen = (): string[] => {
      const bench = new ComparerBench({ settings });
      expect(bench.comparer.sampling()).toEqual(new Map([['notif.sync', 4]]));
      return Array.from({ length: 400 }, (_, n) => `user${n}`).filter((uid) => {
        const before = bench.recorder.of('notCompared sampled_out notif.sync');
        const session = bench.comparer.begin({ uid });
        bench.list(session, 'redis', []);
        bench.clock.advance(10);
        session.end();
        return bench.recorder.of('notCompared sampled_out notif.sync') === before;
      });
    };
    const first = seen();
    expect(first).toEqual(seen());
    expect(first.every((uid) => digestText(uid) % 4 === 0)).toBe(true);
    expect(first.length).toBeGreaterThan(60);
    expect(first.length).toBeLessThan(140);
  });
});

import { describe, expect, it } from '@jest/globals';
import { compareTrace } from '../../src/comparing/trace-comparison.js';
import { readTrace, topicOfChannel, type BrokenLine } from '../../src/comparing/trace-reader.js';

const PREFIXES = { user: 'user:', chat: 'chat:' };

describe('given a recording with broken lines', () => {
  it('tells each by its number, and reads the rest', () => {
    const broken: BrokenLine[] = [];
    const good = '{"t": 1.5, "source": "legacy", "uid": "u1", "item": ["notifications", {}]}';
    const lines = [
      good,
      '{"t": 1, "source": "leg',
      '',
      '[]',
      '{"t": "1", "source": "legacy", "uid": "u1", "item": []}',
      '{"t": 1, "source": "elsewhere"}',
      '{"t": 1, "source": "legacy", "uid": "no uid", "item": []}',
      '{"t": 1, "source": "legacy", "uid": "u1"}',
      '{"t": 1, "source": "redis", "uid": "u1", "channel": "user:u1", "message": {}}',
      '{"t": 1, "source": "redis", "uid": "u1", "channel": "elsewhere:u1", "message": ""}',
      '{"t": 1, "source": "redis", "gap": "middle"}',
      '{"t": 1, "source": "redis", "gap": "end"}',
    ];
    const records = [...readTrace(lines, (each) => broken.push(each))];
    expect(records).toEqual([
      { kind: 'legacy', atMs: 1_500, uid: 'u1', item: ['notifications', {}] },
      { kind: 'gap', atMs: 1_000, sinceMs: 1_000, source: 'redis', edge: 'end', cause: 'link' },
    ]);
    expect(broken.map(({ line }) => line)).toEqual([2, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('reads what a recorder in Python writes: a byte order mark, NaN, line ends of any kind', () => {
    const line = '\uFEFF{"t": 1, "source": "legacy", "uid": "u1", "item": ["notifications", {"a": NaN}]}\r';
    expect([...readTrace([line], fail)]).toEqual([
      { kind: 'legacy', atMs: 1_000, uid: 'u1', item: ['notifications', { a: null }] },
    ]);
  });

  it('reads a gap of one topic, with its cause and since when', () => {
    const gap = {
      t: 2,
      source: 'legacy',
      uid: 'u1',
      channel: 'chat:u1:sp:th',
      gap: 'begin',
      cause: 'link',
      since: 0.5,
    };
    expect([...readTrace([JSON.stringify(gap)], fail)]).toEqual([
      {
        ...{ kind: 'gap', atMs: 2_000, sinceMs: 500, source: 'legacy', edge: 'begin', cause: 'link' },
        topic: { uid: 'u1', chat: { spaceCode: 'sp', threadKey: 'th' } },
      },
    ]);
    const broken: BrokenLine[] = [];
    for (const wrong of [{ cause: 'whatever' }, { channel: 'nowhere' }, { source: 'elsewhere' }])
      expect([...readTrace([JSON.stringify({ ...gap, ...wrong })], (each) => broken.push(each))]).toEqual([]);
    expect(broken).toHaveLength(3);
  });

  it('takes a colon in a thread key for part of it, and refuses what names no chat', () => {
    expect(topicOfChannel('chat:u1:sp:a:b', PREFIXES)).toEqual({
      uid: 'u1',
      chat: { spaceCode: 'sp', threadKey: 'a:b' },
    });
    for (const channel of ['chat:u1', 'chat:u1:sp', 'chat:u1::t', 'chat:::', 'user:', 'user:a b', 'x'])
      expect(topicOfChannel(channel, PREFIXES)).toBeUndefined();
  });

  it('compares nothing without failing', () => {
    expect(compareTrace([])).toEqual({
      report: {
        matched: 0,
        mismatches: [],
        excused: {},
        late: 0,
        notCompared: 0,
        unreadable: 0,
        misrouted: 0,
        lagSeconds: { count: 0, p50: null, p99: null, min: null, max: null },
      },
      broken: [],
    });
  });
});

function fail({ problem }: BrokenLine): never {
  throw new Error(problem);
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  grantedStop,
  MAX_STOP_EPOCH,
  NEVER_STOPPED,
  prevailing,
  sameStop,
  type StopState,
} from '../../src/domain/stop-state.js';
import { readStopText, stopText } from '../../src/domain/stop-text.js';

/** Few epochs and texts, so that equal ones meet. */
const states: fc.Arbitrary<StopState> = fc.record({
  epoch: fc.integer({ min: 1, max: 4 }),
  stopped: fc.boolean(),
  by: fc.constantFrom('anna', 'ben'),
  why: fc.constantFrom('', 'fire'),
  atMs: fc.integer({ min: 0, max: 2 }),
});

describe('given two words about the same fleet', () => {
  it('holds the same one whatever the order, however often, and in whatever groups they are heard', () => {
    fc.assert(
      fc.property(states, states, states, (a, b, c) => {
        expect(prevailing(a, b)).toEqual(prevailing(b, a));
        expect(prevailing(prevailing(a, b), c)).toEqual(prevailing(a, prevailing(b, c)));
        expect(prevailing(a, a)).toEqual(a);
        expect(prevailing(prevailing(a, b), b)).toEqual(prevailing(a, b));
      }),
    );
  });

  it('ends at one and the same word after any loss, repetition and order that lets each be heard once', () => {
    fc.assert(
      fc.property(
        fc.array(states, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        (said, dice) => {
          const shuffled = [...said, ...said.filter(() => dice.next().value % 2 === 0)]
            .map((state) => ({ state, at: dice.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ state }) => state);
          expect(shuffled.reduce(prevailing)).toEqual(said.reduce(prevailing));
        },
      ),
    );
  });

  it.each([
    ['the higher epoch', { epoch: 2, stopped: false }, { epoch: 1, stopped: true }],
    ['stop among equal epochs', { epoch: 2, stopped: true }, { epoch: 2, stopped: false }],
  ])('holds %s', (_what, winner, loser) => {
    const rest = { by: 'anna', why: '', atMs: 0 };
    expect(prevailing({ ...loser, ...rest }, { ...winner, ...rest })).toMatchObject(winner);
  });
});

describe('given a wish', () => {
  const wish = { stopped: true, by: 'anna', why: 'fire' };

  it('holds over all that is known, whatever the clock says', () => {
    fc.assert(
      fc.property(states, fc.boolean(), fc.integer({ min: 0, max: 9 }), (known, stopped, nowMs) => {
        const granted = grantedStop({ ...wish, stopped }, known, nowMs);
        expect(prevailing(granted, known)).toBe(granted);
        expect(granted.epoch).toBeGreaterThan(known.epoch);
      }),
    );
  });

  it('takes the time of day for its epoch, so that it beats what an emptied store has forgotten', () => {
    expect(grantedStop(wish, NEVER_STOPPED, 1_758_000_000_000).epoch).toBe(1_758_000_000_000);
  });

  it('is one state however often it is passed on', () => {
    const first = grantedStop({ ...wish, epoch: 700 }, NEVER_STOPPED, 5);
    expect(first).toMatchObject({ epoch: 700, stopped: true });
    expect(grantedStop({ ...wish, epoch: 700 }, first, 6)).toBe(first);
    expect(grantedStop({ ...wish, epoch: 700, stopped: false }, first, 6).epoch).toBe(701);
  });

  it('keeps only so much of what a person typed, in one line', () => {
    const granted = grantedStop(
      { stopped: true, by: 'x'.repeat(900), why: `a\n\u0000b${'y'.repeat(900)}` },
      NEVER_STOPPED,
      1,
    );
    expect([granted.by.length, granted.why.length]).toEqual([100, 500]);
    expect(granted.why).toMatch(/^a b/);
  });
});

describe('given a state as text', () => {
  it('reads back what was written, within its bounds', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.string(), fc.string({ maxLength: 900 }), (stopped, by, why) => {
        const state = grantedStop({ stopped, by, why }, NEVER_STOPPED, 1_758_000_000_000);
        const read = readStopText(stopText(state));
        expect(read).toEqual(state);
        expect(read !== undefined && sameStop(read, state)).toBe(true);
      }),
    );
  });

  it.each([
    '',
    'stop',
    'null',
    '[]',
    '1',
    '{}',
    '{"epoch":0,"stopped":false,"by":"","why":"","atMs":0}',
    '{"epoch":1.5,"stopped":false,"by":"","why":"","atMs":0}',
    '{"epoch":"1","stopped":false,"by":"","why":"","atMs":0}',
    `{"epoch":${MAX_STOP_EPOCH + 1},"stopped":false,"by":"","why":"","atMs":0}`,
    '{"epoch":1,"stopped":"false","by":"","why":"","atMs":0}',
    '{"epoch":1,"stopped":false,"by":"","why":""}',
  ])('reads nothing from %p', (text) => {
    expect(readStopText(text)).toBeUndefined();
  });

  it('reads nothing from what is longer than any state', () => {
    const why = 'x'.repeat(9_000);
    expect(readStopText(stopText({ epoch: 1, stopped: false, by: '', why, atMs: 0 }))).toBeUndefined();
  });
});

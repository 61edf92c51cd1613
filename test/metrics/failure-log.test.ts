import { describe, expect, it } from '@jest/globals';
import { FailureLog } from '../../src/metrics/failure-log.js';
import { ManualClock } from '../manual-clock.js';

function setUp() {
  const clock = new ManualClock();
  const lines: string[] = [];
  return { clock, lines, log: new FailureLog((line) => lines.push(line), clock, 1000) };
}

describe('given a storm of failures', () => {
  it('logs one line per operation and period, and says how many it kept back', () => {
    const { clock, lines, log } = setUp();
    for (let i = 0; i < 10_000; i++) log.failed('compare', new Error(`number ${i}`));
    log.failed('presence', new Error('other'));
    expect(lines).toEqual([
      "Crossfade's compare failed: Error: number 0",
      "Crossfade's presence failed: Error: other",
    ]);
    clock.advance(1000);
    log.failed('compare', new Error('again'));
    expect(lines[2]).toBe("Crossfade's compare failed: Error: again (9999 more were not logged)");
    clock.advance(1000);
    log.failed('compare', new Error('once more'));
    expect(lines[3]).toBe("Crossfade's compare failed: Error: once more");
  });
});

describe('given an error that holds more than a line may', () => {
  it('never quotes the text that JSON could not read', () => {
    const { lines, log } = setUp();
    try {
      JSON.parse('secret of a user');
    } catch (error) {
      log.failed('consumer', error);
    }
    expect(lines).toEqual(["Crossfade's consumer failed: SyntaxError"]);
  });

  it('keeps to one bounded line', () => {
    const { lines, log } = setUp();
    log.failed('consumer', Object.assign(new Error(`a\nb\u0000${'x'.repeat(10_000)}`), { code: 'E_LONG' }));
    expect(lines[0]).toMatch(/^Crossfade's consumer failed: Error E_LONG: a b x+$/);
    expect(lines[0]?.length).toBeLessThan(250);
  });

  it.each([
    ['undefined', undefined],
    ['object', Object.create(null)],
    ['string', 'a payload'],
  ])('names only the type of what is no error (%s)', (type, thrown: unknown) => {
    const { lines, log } = setUp();
    log.failed('consumer', thrown);
    expect(lines).toEqual([`Crossfade's consumer failed: something of type ${type} was thrown`]);
  });
});

describe('given a logger or an error that throws', () => {
  it('does not throw', () => {
    const log = new FailureLog(() => {
      throw new Error('disk full');
    }, new ManualClock());
    log.failed('record', new Error('x'));
    const hostile = new Error('x');
    Object.defineProperty(hostile, 'message', {
      get() {
        throw new Error('y');
      },
    });
    const { lines, log: other } = setUp();
    other.failed('record', hostile);
    expect(lines).toEqual([]);
  });
});

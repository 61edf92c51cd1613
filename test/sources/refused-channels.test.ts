import { describe, expect, it } from '@jest/globals';
import { RefusedChannels } from '../../src/sources/refused-channels.js';
import { ManualClock } from '../manual-clock.js';

const channels = Array.from({ length: 1_000 }, (_, index) => `c${index}`);

interface Outcome {
  readonly asked: number;
  readonly taken: readonly string[];
  readonly refused: readonly string[];
}

function ask(of: RefusedChannels, batch: readonly string[], allows: (channel: string) => boolean): Outcome {
  const taken: string[] = [];
  const refused: string[] = [];
  let asked = 0;
  const search = of.search(batch);
  for (let part = search.next(); part !== undefined; part = search.next()) {
    asked++;
    const isTaken = part.every(allows);
    if (isTaken) taken.push(...part);
    refused.push(...search.answered(part, isTaken));
  }
  return { asked, taken, refused };
}

const make = (clock = new ManualClock(), onDue = (): void => undefined): RefusedChannels =>
  new RefusedChannels(clock, onDue);

describe('given a batch in which Redis refuses some channels', () => {
  it('finds them with few questions, and takes all others in their order', () => {
    const bad = new Set(['c17', 'c500', 'c999']);
    const { asked, taken, refused } = ask(make(), channels, (channel) => !bad.has(channel));
    expect(refused).toEqual([...bad]);
    expect(taken).toEqual(channels.filter((channel) => !bad.has(channel)));
    expect(asked).toBeLessThan(65);
  });

  it('finds every one of many', () => {
    const { refused } = ask(make(), channels, (channel) => Number(channel.slice(1)) % 2 === 0);
    expect(refused).toHaveLength(500);
  });
});

describe('given a Redis that refuses everything', () => {
  it('does not ask for each channel', () => {
    const { asked, refused } = ask(make(), channels, () => false);
    expect(refused).toHaveLength(1_000);
    expect(asked).toBeLessThan(30);
  });
});

describe('given channels that were refused', () => {
  it('asks again after 1 s, then ever later, up to a minute, and soon again once one is taken', () => {
    const clock = new ManualClock();
    let due = 0;
    const refused = make(clock, () => due++);
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      ask(refused, ['a', 'b'], () => false);
      const before = due;
      clock.advance(seconds * 1_000 - 1);
      expect(due).toBe(before);
      clock.advance(1);
      expect(refused.take(1_000)).toEqual(['a', 'b']);
    }
    ask(refused, ['a', 'b'], (channel) => channel === 'a');
    expect([refused.has('a'), refused.has('b')]).toEqual([false, true]);
    clock.advance(1_000);
    expect(refused.take(1_000)).toEqual(['b']);
  });

  it('asks no more for one that nobody wants, and leaves no timer when it is closed', () => {
    const clock = new ManualClock();
    const refused = make(clock);
    ask(refused, ['a', 'b'], () => false);
    refused.delete('a');
    refused.askAgain();
    expect(refused.take(1_000)).toEqual(['b']);
    refused.close();
    expect(clock.pending).toBe(0);
  });
});

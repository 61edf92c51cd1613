import { beforeEach, describe, expect, it } from '@jest/globals';
import { MissingWatch } from '../../src/routing/missing-watch.js';
import { FakeDoubter } from '../fakes/fake-doubter.js';
import { ManualClock } from '../manual-clock.js';

let clock: ManualClock;
let doubter: FakeDoubter;
let watch: MissingWatch;

beforeEach(() => {
  clock = new ManualClock();
  doubter = new FakeDoubter();
  watch = new MissingWatch(clock, doubter);
});

/** Each second something is compared for every one of these; `lacks` says for whom Redis did not bring it. */
function seconds(count: number, users: number, lacks: (user: number, second: number) => boolean): void {
  for (let second = 0; second < count; second++) {
    clock.advance(1_000);
    for (let user = 0; user < users; user++) {
      if (lacks(user, second)) watch.missing(`u${user}`, clock.elapsedMs() - 5_000);
      else watch.heard(`u${user}`);
    }
  }
}

describe('given a publisher that falls mute', () => {
  it('is doubted, since the first thing that is missing', () => {
    seconds(20, 4, () => false);
    seconds(8, 4, () => true);
    expect(doubter.said).toEqual(['raised since 16000']);
  });

  it('is doubted also where each user has only one thing to miss', () => {
    for (let user = 0; user < 8; user++) {
      clock.advance(1_000);
      watch.missing(`u${user}`, clock.elapsedMs() - 5_000);
    }
    expect(doubter.said).toEqual(['raised since -4000']);
  });

  it('is doubted where half of it is mute', () => {
    seconds(20, 40, (user) => user < 20);
    expect(doubter.said).toHaveLength(1);
  });

  it('is believed again once a whole window is well, and not for a few users who are', () => {
    seconds(10, 10, () => true);
    seconds(40, 10, (user) => user > 0);
    expect(doubter.said).toHaveLength(1);
    seconds(36, 10, () => false);
    expect(doubter.said.slice(1)).toEqual(['settled']);
    expect(clock.pending).toBe(0);
  });

  it('is not doubted for ever when nothing more is compared', () => {
    seconds(10, 10, () => true);
    clock.advance(290_000);
    expect(doubter.said).toHaveLength(1);
    clock.advance(20_000);
    expect(doubter.said.at(-1)).toBe('settled');
    expect(clock.pending).toBe(0);
  });
});

describe('given losses that are no mute publisher', () => {
  it.each([
    ['two users who lack everything', 2, () => true],
    [
      'a tenth of what is said, of many users',
      100,
      (user: number, second: number) => (user + second) % 10 === 0,
    ],
    [
      'a third of what is said, of a few users',
      3,
      (user: number, second: number) => (user + second) % 3 === 0,
    ],
    ['some users of many', 40, (user: number) => user < 12],
    ['a moment in which everything is missing', 40, (_user: number, second: number) => second < 4],
  ])('is not doubted: %s', (_what, users, lacks) => {
    seconds(120, users, lacks);
    expect(doubter.said).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('counts a user once, and forgets after 30 s', () => {
    for (let again = 0; again < 20; again++) watch.missing('u0', 0);
    watch.missing('u1', 0);
    clock.advance(31_000);
    watch.missing('u2', 0);
    clock.advance(6_000);
    watch.missing('u2', 0);
    expect(doubter.said).toEqual([]);
  });
});

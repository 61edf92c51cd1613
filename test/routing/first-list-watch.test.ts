import { beforeEach, describe, expect, it } from '@jest/globals';
import { FirstListWatch, type ProbeResult } from '../../src/routing/first-list-watch.js';
import { FakeDoubter } from '../fakes/fake-doubter.js';
import { ManualClock } from '../manual-clock.js';
import { settle } from '../settle.js';

let clock: ManualClock;
let doubter: FakeDoubter;
let answer: ProbeResult;
let asked: number;
let watch: FirstListWatch;

beforeEach(() => {
  clock = new ManualClock(0);
  clock.advance(1_000);
  doubter = new FakeDoubter();
  answer = 'unheard';
  asked = 0;
  watch = new FirstListWatch(clock, doubter, () => {
    asked++;
    return Promise.resolve(answer);
  });
});

async function missed(...uids: string[]): Promise<void> {
  for (const uid of uids) watch.missed(uid, clock.elapsedMs() - 500);
  await settle();
}

/** Lets time pass in which the publisher is asked again. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5_000) {
    clock.advance(5_000);
    await settle();
  }
}

describe('given users who became present and got no first list', () => {
  it('doubts the publisher when a stranger gets none either', async () => {
    await missed('a', 'b');
    expect(asked).toBe(0);
    await missed('c');
    expect(doubter.said).toEqual(['raised since 500']);
  });

  it('does not when the stranger gets one: they are attached elsewhere', async () => {
    answer = 'heard';
    await missed('a', 'b', 'c', 'd');
    await missed('e', 'f', 'g');
    expect(asked).toBe(1);
    await pass(15_000);
    await missed('h', 'i', 'j');
    expect([asked, doubter.said]).toEqual([2, []]);
  });

  it('does not when the link broke meanwhile', async () => {
    answer = 'broken';
    await missed('a', 'b', 'c');
    expect([asked, doubter.said]).toEqual([1, []]);
  });

  it('does not even ask while most get theirs, or for one user who comes again and again', async () => {
    for (const uid of ['p', 'q', 'r', 's']) watch.came(uid);
    await missed('a', 'b', 'c');
    expect(asked).toBe(0);
    for (let again = 0; again < 10; again++) await missed('a');
    expect(asked).toBe(0);
  });

  it('forgets whoever came more than a minute ago', async () => {
    await missed('a', 'b');
    await pass(60_000);
    await missed('c');
    expect(asked).toBe(0);
  });
});

describe('given a publisher that is doubted', () => {
  beforeEach(() => missed('a', 'b', 'c'));

  it('is believed after two good answers in a row', async () => {
    answer = 'heard';
    await pass(15_000);
    answer = 'unheard';
    await pass(15_000);
    answer = 'heard';
    await pass(15_000);
    expect(doubter.said).toHaveLength(1);
    await pass(15_000);
    expect(doubter.said.slice(1)).toEqual(['settled']);
    expect(clock.pending).toBe(0);
  });

  it('is believed when users who become present get their lists, and nobody does not', async () => {
    await missed('d');
    for (const uid of ['e', 'f', 'g']) watch.came(uid);
    expect(doubter.said).toHaveLength(1);
    await pass(65_000);
    for (const uid of ['e', 'f', 'g']) watch.came(uid);
    expect(doubter.said.slice(1)).toEqual(['settled']);
  });

  it('is not doubted for ever where a stranger never gets a list', async () => {
    await pass(590_000);
    expect(doubter.said).toHaveLength(1);
    await pass(30_000);
    expect(doubter.said.slice(1)).toEqual(['settled']);
  });

  it('leaves no timer when it is closed', () => {
    watch.close();
    expect(clock.pending).toBe(0);
  });
});

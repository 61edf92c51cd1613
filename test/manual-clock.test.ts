import { describe, expect, it } from '@jest/globals';
import { ManualClock } from './manual-clock.js';

describe('given a manual clock', () => {
  it('runs timers in the order in which they fall due, each at its own time', () => {
    const clock = new ManualClock(100);
    const seen: [string, number][] = [];
    clock.after(20, () => seen.push(['late', clock.elapsedMs()]));
    clock.after(10, () => {
      seen.push(['early', clock.elapsedMs()]);
      clock.after(5, () => seen.push(['made on the way', clock.elapsedMs()]));
    });
    clock.advance(30);
    expect(seen).toEqual([
      ['early', 110],
      ['made on the way', 115],
      ['late', 120],
    ]);
    expect(clock.elapsedMs()).toBe(130);
    expect(clock.pendingTimers).toBe(0);
  });

  it('repeats until cancelled, also from within the task', () => {
    const clock = new ManualClock();
    let runs = 0;
    const cancel = clock.every(10, () => {
      if (++runs === 3) cancel();
    });
    clock.advance(100);
    expect(runs).toBe(3);
    expect(clock.pendingTimers).toBe(0);
  });

  it('lets the time of day jump without a duration noticing', () => {
    const clock = new ManualClock();
    const before = clock.nowMs();
    clock.jumpTimeOfDay(-3_600_000);
    clock.advance(10);
    expect(clock.nowMs()).toBe(before - 3_600_000 + 10);
    expect(clock.elapsedMs()).toBe(10);
  });

  it('runs no timer while the process is frozen, and all that are due afterwards', () => {
    const clock = new ManualClock();
    const seen: number[] = [];
    clock.every(10, () => seen.push(clock.elapsedMs()));
    clock.freeze(35);
    expect(seen).toEqual([35]);
  });
});

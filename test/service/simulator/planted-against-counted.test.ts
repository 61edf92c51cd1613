import { describe, expect, it } from '@jest/globals';
import { compareTrace } from '../../../src/comparing/trace-comparison.js';
import { parseFaults } from '../../../src/service/simulator/faults.js';
import { Simulation } from '../../../src/service/simulator/simulation.js';

const START_MS = Date.UTC(2025, 8, 20, 11, 44);

/** A minute of both sides of twelve users as a recording, with faults in its middle; and what the simulator says of it. */
function recording(seed: number, faults: string) {
  const lines: string[] = [];
  const uids = Array.from({ length: 12 }, (_, index) => `user${index + 1}`);
  let nowMs = 0;
  const record = (line: Record<string, unknown>) => lines.push(JSON.stringify({ t: nowMs / 1000, ...line }));
  const simulation = new Simulation({
    seed,
    uids,
    changesPerSecond: 12,
    startMs: START_MS,
    publish: (channel, message) => {
      // Nobody has subscribed to a channel that does not exist.
      if (channel.startsWith('wrong:')) return Promise.resolve();
      record({ source: 'redis', uid: channel.split(':')[1], channel, message });
      return Promise.resolve();
    },
  });
  for (const uid of uids) {
    for (const chat of [undefined, ...simulation.chatsOf(uid)]) {
      const topic = chat === undefined ? { uid } : { uid, chat };
      simulation.listen(topic, (heard, item) => record({ source: 'legacy', uid: heard, item }));
      simulation.openSocket(topic);
    }
  }
  const run = (forMs: number) => {
    for (const end = nowMs + forMs; nowMs < end;) {
      nowMs += 10;
      simulation.advanceTo(START_MS + nowMs);
    }
  };
  run(10_000);
  simulation.setFaults(parseFaults(faults));
  run(60_000);
  simulation.pause();
  run(25_000);
  return { lines, planted: simulation.counts().planted };
}

function held(seed: number, faults: string) {
  const { lines, planted } = recording(seed, faults);
  const { report, broken } = compareTrace(lines);
  expect(broken).toEqual([]);
  expect(report).toMatchObject({ unreadable: 0, misrouted: 0 });
  const counted = (type: string, mismatch: string) =>
    report.mismatches.filter((one) => one.class === mismatch && one.type === type).length;
  const plantedOf = (type: string, mismatch: string) =>
    planted.find((one) => one.class === mismatch && one.type === type)?.count ?? 0;
  return { report, counted, plantedOf };
}

const CLASSES = ['missing_in_redis', 'missing_in_legacy', 'different', 'duplicate', 'reordered'] as const;

describe('given the comparison and the simulator, who do not know each other', () => {
  it.each([1, 2, 3])('finds nothing where nothing was planted (seed %d)', (seed) => {
    const { report } = held(seed, 'off');
    expect(report.mismatches).toEqual([]);
    expect(report.matched).toBeGreaterThan(300);
  });

  it.each([
    [1, 'drop=5%'],
    [2, 'chat.message:drop=10%'],
    [3, 'duplicate=5%'],
    [4, 'alter=5%'],
    [5, 'reorder=10%'],
    [6, 'delay=2000ms@5%'],
    [7, 'drop=10%, duplicate=5%, alter=5%, reorder=10%, delay=500ms@10%'],
    [8, 'wrongPrefix'],
  ])('agrees on every chat message and on the items of the lists (seed %d, %s)', (seed, faults) => {
    const { counted, plantedOf } = held(seed, faults);
    let all = 0;
    for (const mismatch of CLASSES) {
      const planted = plantedOf('chat.message', mismatch);
      expect({ mismatch, count: counted('chat.message', mismatch) }).toEqual({ mismatch, count: planted });
      for (const type of ['notif.sync', 'msg.sync']) {
        // An item that comes right about when the window ends is wrong for the one and right for the other.
        const slack = 2 + 0.15 * plantedOf(type, mismatch);
        expect(Math.abs(counted(type, mismatch) - plantedOf(type, mismatch))).toBeLessThanOrEqual(slack);
      }
      all += planted;
    }
    if (!faults.startsWith('delay')) expect(all).toBeGreaterThan(5);
  });
});

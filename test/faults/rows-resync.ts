import { expect } from '@jest/globals';
import type { Fault, FaultRow } from './fault-row.js';
import { FAULTS } from './faults.js';
import { gaps } from './seen.js';
import { metric } from './scene.js';

const whileRereading =
  (how: 'fails' | number): Fault =>
  (scene) => {
    scene.world.rereading = how;
    return FAULTS.linkReset(scene);
  };

export const RESYNC_ROWS: readonly FaultRow[] = [
  {
    fault: 'resync port failing',
    words: {
      complete: {
        user: 'the list as it was before the gap, until its next change',
        metrics: '`crossfade_resyncs_total{result="failed"}`; the gap all the same',
      },
    },
    apply: whileRereading('fails'),
    lastsMs: 3_000,
    counted: { complete: [gaps('link'), 'crossfade_resyncs_total{result="failed"}'] },
    // Nobody has re-read what the gap swallowed: the next change of each list tells it.
    settle: ({ world }) => {
      world.changeEveryList();
    },
    atMostMs: { well: 20_000 },
  },
  {
    fault: 'resync port slow (12 s)',
    words: {
      complete: {
        user: 'the list as it was before the gap, until its next change',
        metrics: '`crossfade_resyncs_total{result="failed"}` after 5 s; the gap all the same',
      },
    },
    apply: whileRereading(12_000),
    lastsMs: 8_000,
    counted: { complete: [gaps('link'), 'crossfade_resyncs_total{result="failed"}'] },
    settle: ({ world }) => {
      world.changeEveryList();
    },
    also: async (scene) => {
      expect(await metric(scene, 'crossfade_resyncs_total{result="answered"}')).toBe(0);
    },
    atMostMs: { well: 20_000 },
  },
];

import { expect } from '@jest/globals';
import { waitFor } from '../wait-for.js';
import type { FaultRow, Figures } from './fault-row.js';
import type { FaultStage } from './module-under-test.js';
import { balanced, metric, servedBy, startScene, type Scene } from './scene.js';

export const LONG = process.env['CROSSFADE_LONG'] !== undefined;

/** `npm test` has no time for the default waits; the figures of the documents are measured with them. */
const BRISK = {
  messagesPeriodMs: 300,
  module: {
    handover: {
      handoverWindowMs: 1_000,
      firstListTimeoutMs: 1_000,
      returnAfterMs: 500,
      reopenLegacyAfterMs: 2_000,
    },
  },
};

/** Which types legacy carries too: in `live` not even a gap may swallow one. */
const isShared = (type: string): boolean => type === 'chat.message';

/** Lets a fault happen, last and end in a scene of its own, and holds the books against it. */
export async function runRow(row: FaultRow, stage: FaultStage): Promise<Figures> {
  const prepared = await row.prepare?.();
  const scene = await startScene({
    stage,
    ...(LONG ? {} : BRISK),
    ...row.scene,
    ...prepared?.scene,
  });
  try {
    return await happen(row, stage, scene);
  } finally {
    await scene.stop();
    await prepared?.remove();
  }
}

async function happen(row: FaultRow, stage: FaultStage, scene: Scene): Promise<Figures> {
  await pause(500);
  const beganMs = performance.now();
  const heal = await row.apply(scene);
  const noticedMs = await noticed(row, stage, scene, beganMs);
  await pause(
    Math.max(0, (LONG ? row.lastsMs : (row.briskMs ?? row.lastsMs)) - (performance.now() - beganMs)),
  );
  await heal();
  const healedMs = performance.now();
  await isWell(scene, row.atMostMs.well);
  const wellMs = performance.now() - healedMs;
  await pause(1_000);
  await row.settle?.(scene);
  await balanced(scene);
  for (const line of row.counted?.[stage] ?? [])
    expect([line, (await metric(scene, line)) > 0]).toEqual([line, true]);
  if (stage === 'live') expect(scene.books.undelivered(isShared)).toEqual([]);
  await row.also?.(scene);
  const { happened, swallowed, longestMs } = scene.books.sums();
  return { noticedMs, wellMs, longestMs, sums: { happened, swallowed } };
}

async function noticed(
  { isNoticed, atMostMs }: FaultRow,
  stage: FaultStage,
  scene: Scene,
  beganMs: number,
): Promise<number | undefined> {
  const sees = isNoticed?.[stage];
  if (sees === undefined) return undefined;
  await waitFor('it is noticed', () => sees(scene), atMostMs.noticed);
  return performance.now() - beganMs;
}

/** Redis serves everybody and its link is up. */
async function isWell(scene: Scene, withinMs: number): Promise<void> {
  await waitFor('the link is up', async () => (await metric(scene, 'crossfade_redis_up')) === 1, withinMs);
  await servedBy(scene, 'redis', withinMs);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

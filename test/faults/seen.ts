import type { DoubtReason } from '../../src/contracts/source-health.js';
import { metric, type Scene } from './scene.js';

/** Legacy serves every topic. */
export const legacyServes = ({ module, topics }: Scene): Promise<boolean> =>
  Promise.resolve(topics.every((topic) => module.servedBy(topic) === 'legacy'));

/** The link is known to be down. */
export const linkIsDown = async (scene: Scene): Promise<boolean> =>
  (await metric(scene, 'crossfade_redis_up')) === 0;

/** This replica doubts its Redis for a reason. */
export const doubted =
  (reason: DoubtReason) =>
  async (scene: Scene): Promise<boolean> =>
    (await metric(scene, `crossfade_redis_doubts{reason="${reason}"}`)) === 1;

/** How a broken link is seen in each stage. */
export const LINK_SEEN = { live: legacyServes, complete: linkIsDown } as const;

/** What a broken link must have counted in each stage. */
export const LINK_COUNTED = {
  live: [gaps('link'), 'crossfade_handovers_total{to="legacy",result="at_once"}'],
  complete: [gaps('link'), 'crossfade_resyncs_total{result="answered"}'],
} as const;

/** The line of a scrape that counts Redis's gaps of a cause. */
export function gaps(cause: string): string {
  return `crossfade_gaps_total{source="redis",cause="${cause}"}`;
}

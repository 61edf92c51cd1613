import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '../wait-for.js';
import { RolloutBench } from './rollout-bench.js';

const SOAK = { soakMinutes: 0.02, minComparisons: 30, minUsers: 5, proof: 'none' } as const;

/** From nothing to legacy retired, in steps of about a second. */
const PLAN = {
  version: 1,
  types: ['chat.message'],
  coverage: { excusedShareLimit: 1, sampledOutShareLimit: 1 },
  gaps: { timeShareLimit: 1 },
  steps: [
    { compare: 25, ...SOAK, minComparisons: 5, minUsers: 2, typesSeenShare: 0 },
    { compare: 100, ...SOAK },
    { serve: 25, ...SOAK },
    { serve: 100, ...SOAK },
    { compare: 0, soakMinutes: 0, minComparisons: 0, minUsers: 0, typesSeenShare: 0, proof: 'none' },
  ],
};

let bench: RolloutBench;

afterEach(async () => {
  await bench.stop();
});

async function applied(): Promise<string[]> {
  return (await bench.history()).flatMap(({ event }) =>
    event.kind === 'applied' ? [`${event.decision.move.flag} ${event.decision.move.to.percent}`] : [],
  );
}

async function reached(what: string, withinMs = 180_000): Promise<void> {
  try {
    await waitFor(what, async () => (await applied()).at(-1) === what, withinMs);
  } catch (error) {
    const looks = JSON.stringify((await bench.history(true)).at(-1)?.event).slice(0, 3000);
    throw new Error(`${String(error)}\n${(await applied()).join(', ')}\n${looks}\n${bench.said.join('')}`, {
      cause: error,
    });
  }
}

describe('given three backends, a Redis, a Prometheus and a controller', () => {
  it('walks the plan by itself from nothing to legacy retired', async () => {
    bench = await RolloutBench.start(PLAN);
    bench.control();
    await reached('compare 0');
    expect(await applied()).toEqual(['compare 25', 'compare 100', 'serve 25', 'serve 100', 'compare 0']);
  }, 240_000);
});

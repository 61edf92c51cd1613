import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReasonCode } from '../../src/domain/verdict.js';
import { RolloutBench } from './rollout-bench.js';
import { QUICK_PLAN } from './rollout-plan.js';

// The tests of this file are one story of one rollout, told in order.
const long = process.env['CROSSFADE_LONG'] === undefined ? describe.skip : describe;

/** So many looks in a row that say the same are taken for ever: each begins from the record, and from nothing else. */
const MANY = 20;

let bench: RolloutBench;

/** Sees many looks, each with this reason, and nothing applied meanwhile. */
async function holdsFor(code: ReasonCode): Promise<void> {
  const isSaid = async (): Promise<boolean> => (await bench.look()).codes.includes(code);
  await bench.until(code, isSaid);
  const { sequence } = await bench.look();
  const before = await bench.applied();
  await bench.until('many looks', async () => (await bench.look()).sequence >= sequence + MANY);
  const looks = (await bench.history(true)).filter((entry) => entry.sequence > sequence);
  const without = looks.filter(
    ({ event }) => event.kind !== 'looked' || !event.verdict.reasons.some((reason) => reason.code === code),
  );
  expect(without).toEqual([]);
  expect(await bench.applied()).toEqual(before);
}

long('given a rollout that loses sight of what it needs to know', () => {
  beforeAll(async () => {
    bench = await RolloutBench.start(QUICK_PLAN);
    await bench.quiet(true);
    bench.control();
  }, 120_000);

  afterAll(async () => {
    await bench.stop();
  });

  it('holds without data, look after look, and goes on by itself when there is some', async () => {
    await bench.reached('compare 25');
    await holdsFor('no_data');
    await bench.quiet(false);
    await bench.reached('compare 100');
  }, 120_000);

  it('holds while Prometheus is down, and goes on when it is back', async () => {
    await bench.prometheus.kill();
    await holdsFor('evidence_unreadable');
    await bench.prometheus.restart();
    await bench.reached('serve 25');
  }, 120_000);

  it('holds while Unleash is down, and goes on when it is back', async () => {
    await bench.unleash.server.kill();
    await holdsFor('flags_unreadable');
    await bench.unleash.server.restart();
    await bench.reached('compare 0', 120_000);
    expect(await bench.applied()).toEqual([
      'compare 25',
      'compare 100',
      'serve 25',
      'serve 100',
      'compare 0',
    ]);
  }, 240_000);
});

import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LogEntry } from '../../src/domain/decision.js';
import { RolloutBench } from './rollout-bench.js';
import { QUICK, QUICK_GATE, STAYING_PLAN } from './rollout-plan.js';

// The tests of this file are one story of one world, told in order: it takes minutes.
const isLong = process.env['CROSSFADE_LONG'] !== undefined;
const long = isLong ? describe : describe.skip;

/** Every contact of the loop with the world. The judge is none: it stands between `after evidence` and the record. */
const EACH_LOOK = ['lease', 'reading the record', 'reading the flags', 'evidence', 'recording looked'];
const EACH_DECISION = ['recording intended', 'write', 'verify', 'recording applied'];
const PLACES = [...EACH_LOOK, ...EACH_DECISION].flatMap((name) => [`before ${name}`, `after ${name}`]);

const SOAK_MS = 2_000;
const GATE = {
  ...QUICK_GATE,
  soakMinutes: SOAK_MS / 60_000,
  minComparisons: 5,
  minUsers: 1,
  typesSeenShare: 0,
};
const LADDER = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
const SERVED = [50, 100];
/** A step for each place, and some more. */
const LONG_PLAN = {
  ...QUICK,
  steps: [
    ...LADDER.map((compare) => ({ compare, ...GATE })),
    ...SERVED.map((serve) => ({ serve, ...GATE })),
    { compare: 0, ...GATE, soakMinutes: 0 },
  ],
};
const WHOLE_WALK = [
  ...LADDER.map((percent) => `compare ${percent}`),
  ...SERVED.map((percent) => `serve ${percent}`),
  'compare 0',
];
const LEASE_MS = 8_000;
/** Longer than looks may be apart: three of them, and five seconds. */
const DOWN_MS = 7_000;

let bench: RolloutBench;

function expectOneHistory(entries: readonly LogEntry[]): void {
  expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, i) => i + 1));
  const ids = (kind: 'intended' | 'applied'): string[] =>
    entries.flatMap(({ event }) => (event.kind === kind ? [event.decision.id] : []));
  expect(ids('applied')).toEqual(ids('intended'));
  const strange = entries.filter(({ event }) => ['abandoned', 'hand_edited', 'undone'].includes(event.kind));
  expect(strange).toEqual([]);
}

/** Time with a look at its end, none longer than a few looks: what of a step was watched, by the record's own times. */
function watchedMs(entries: readonly LogEntry[]): number[] {
  const steps: number[] = [];
  let watched = 0;
  let lookedAtMs: number | undefined;
  for (const { event, atMs } of entries) {
    if (event.kind === 'intended') steps.push(watched + apart(lookedAtMs, atMs));
    else if (event.kind === 'looked') watched += apart(lookedAtMs, atMs);
    else if (event.kind === 'applied') watched = 0;
    lookedAtMs = atMs;
  }
  return steps;
}

function apart(fromMs: number | undefined, toMs: number): number {
  const ms = fromMs === undefined ? 0 : toMs - fromMs;
  return ms > DOWN_MS ? 0 : ms;
}

beforeAll(async () => {
  if (isLong) bench = await RolloutBench.start(LONG_PLAN, LEASE_MS);
}, 120_000);

afterAll(async () => {
  if (isLong) await bench.stop();
});

long('given a controller that is killed at each step of the loop, one after the other', () => {
  it('is followed by another each time, and the history is that of one controller', async () => {
    for (const place of PLACES) {
      const skip = EACH_LOOK.some((name) => place.endsWith(name)) ? '2' : '0';
      const controller = bench.control({ HALT_AT: place, HALT_SKIP: skip });
      await bench.until(`death ${place}`, () => controller.signalCode === 'SIGKILL', 180_000);
      // One of them leaves everything alone for longer than looks may be apart, and than the soak.
      if (place === 'after recording applied') await pause(DOWN_MS + SOAK_MS);
    }
    const last = bench.control();
    await bench.reached('compare 0', 240_000);
    last.kill();
    expect(await bench.applied()).toEqual(WHOLE_WALK);
    const entries = await bench.history(true);
    expectOneHistory(entries);
    // Unleash keeps a book of its own: each percentage was written once.
    expect([await bench.changesAt('compare'), await bench.changesAt('serve')]).toEqual([
      LADDER.length + 1,
      SERVED.length,
    ]);
    const [, ...soaked] = watchedMs(entries);
    expect(Math.min(...soaked)).toBeGreaterThanOrEqual(SOAK_MS);
    const tokens = entries.map(({ token }) => token ?? 0);
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
    process.stdout.write(
      `${PLACES.length} controllers killed, ${new Set(tokens).size} left a mark, ${entries.length} entries\n`,
    );
  }, 900_000);
});

long('given the holder of the lease that is frozen before it writes, for longer than its lease', () => {
  it('cannot undo what its successor did, though the percentage that it expects stands there again', async () => {
    await bench.plan(STAYING_PLAN);
    await bench.reset();
    const changesBefore = await bench.changesAt('serve');
    const frozen = bench.control({ HALT_AT: 'before write serve', HALT_SIGNAL: 'SIGSTOP' });
    const isIntended = async (): Promise<boolean> => {
      const event = (await bench.history()).at(-1)?.event;
      return event?.kind === 'intended' && event.decision.move.flag === 'serve';
    };
    await bench.until('an intent to serve', isIntended, 120_000);
    bench.control();
    await bench.reached('serve 25');
    expect(await bench.run('rollback', '--yes')).toMatchObject({ code: 0 });
    await bench.reached('serve 0');
    const before = await bench.history();
    let saidLate = '';
    frozen.stdout?.on('data', (chunk: Buffer) => (saidLate += String(chunk)));
    frozen.kill('SIGCONT');
    await bench.until('the late one to stand by', () => saidLate.includes('lease_elsewhere'));
    const standing = await bench.writer.standing();
    expect(standing).toMatchObject({ percents: { compare: 100, serve: 0 } });
    expect(await bench.history()).toEqual(before);
    expect((await bench.changesAt('serve')) - changesBefore).toBe(2);
    expectOneHistory(await bench.history(true));
    await bench.until('a hold', async () => (await bench.look()).codes[0] === 'latched');
  }, 400_000);
});

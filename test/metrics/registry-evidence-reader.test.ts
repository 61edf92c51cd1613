import { beforeEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { Targets } from '../../src/domain/cohort-target.js';
import type { Evidence } from '../../src/domain/evidence.js';
import { PromRecorder } from '../../src/metrics/prom-recorder.js';
import { RegistryEvidenceReader } from '../../src/metrics/registry-evidence-reader.js';
import { ComparerBench } from '../comparing/comparer-bench.js';

const target = (percent: number) => ({ percent, canaries: [] });
const targetsOf = (compare: number, serve: number): Targets => ({
  compare: target(compare),
  serve: target(serve),
});

let bench: ComparerBench;
let registry: Registry;
let reader: RegistryEvidenceReader;
let recorder: PromRecorder;
let percents: { compare: number; serve: number };
let redisUp: boolean;

beforeEach(() => {
  bench = new ComparerBench({ settings: { rules: [{ type: 'task.progress_update', compare: 'event' }] } });
  const { clock, comparer } = bench;
  registry = new Registry();
  recorder = new PromRecorder({ registry, clock });
  percents = { compare: 0, serve: 0 };
  redisUp = true;
  recorder.watch({
    users: () => ({ legacy: 6, shadow: 1, live: 2, complete: 3 }),
    redisUp: () => redisUp,
    redisDoubts: () => undefined,
    flags: () => ({
      ...{ origin: 'file', comparePercent: percents.compare, servePercent: percents.serve },
      ...{ confirmedAtMs: clock.nowMs(), ageMs: 300, problems: [] },
    }),
    evidence: comparer,
  });
  reader = new RegistryEvidenceReader({ registry, clock, comparer });
});

/** The flags come in force at once, as from a file; the module begins the sums anew then. */
function inForce(compare: number, serve: number): void {
  percents = { compare, serve };
  bench.comparer.beginAnew();
}

function compare(uid: string, count: number, mismatches = 0): void {
  const session = bench.session({ uid });
  for (let n = 0; n < count + mismatches; n++) {
    bench.say(session, 'legacy', 'task.progress_update', { n }, uid);
    if (n >= mismatches) bench.say(session, 'redis', 'task.progress_update', { n }, uid);
  }
  bench.clock.advance(20_000);
  session.end();
  for (const outcome of ['matched', 'missing_in_redis'] as const) {
    const times = outcome === 'matched' ? count : mismatches;
    for (let n = 0; n < times; n++) recorder.compared(outcome, 'task.progress_update');
  }
}

function read(targets: Targets, sinceMs: number, changedAfterMs = sinceMs): Promise<Evidence> {
  return reader.read({ targets, sinceMs, changedAfterMs });
}

const counts = ({ comparisons }: Evidence) =>
  Object.fromEntries(comparisons.map(({ outcome, count }) => [outcome, count]));

describe('given the registry of one process', () => {
  it('is one replica that reports what is in force, by its own word', async () => {
    const evidence = await read(targetsOf(0, 0), bench.clock.nowMs());
    expect(evidence.replicas).toEqual({ expected: 1, reporting: 1, problems: [] });
    expect(evidence.inForce).toMatchObject({ comparePercent: 0, servePercent: 0, flagAgeMs: 300 });
    expect(evidence.delivery).toMatchObject({ connectedUsers: 12, servedUsers: 5, stoppedUsers: 0 });
  });

  it('counts what came after the percentages, users from when they were taken up', async () => {
    await read(targetsOf(0, 0), bench.clock.nowMs());
    compare('early', 7);
    await read(targetsOf(0, 0), bench.clock.nowMs());
    bench.clock.advance(1_000);
    const writtenMs = bench.clock.nowMs();
    inForce(100, 0);
    compare('ann', 12);
    compare('bob', 3, 1);
    const first = await read(targetsOf(100, 0), writtenMs);
    expect(first.users).toMatchObject({ distinctUsers: 2, firstMismatches: 1, qualifiedUsers: 1 });
    compare('cid', 4);
    bench.clock.advance(1_000);
    const second = await read(targetsOf(100, 0), writtenMs);
    expect(second.users.distinctUsers).toBe(3);
    // Those before the first look at it are left out: they may be of the percentages before.
    expect(counts(second)).toEqual({ matched: 4 });
    expect(second.inForce.forMs).toBe(81_000);
  });

  it('names the users with the most mismatches, hashed', async () => {
    inForce(100, 0);
    compare('ann', 5, 4);
    compare('bob', 5, 0);
    const { worstUsers } = await read(targetsOf(100, 0), bench.clock.nowMs());
    expect(worstUsers).toEqual([{ user: expect.any(String), comparisons: 9, mismatches: 4 }]);
    expect(JSON.stringify(worstUsers)).not.toContain('ann');
  });

  it('says for how many users delivery has stopped while Redis is down and legacy closed', async () => {
    percents = { compare: 0, serve: 100 };
    const sinceMs = bench.clock.nowMs();
    await read(targetsOf(0, 100), sinceMs);
    redisUp = false;
    bench.clock.advance(10_000);
    await read(targetsOf(0, 100), sinceMs);
    bench.clock.advance(30_000);
    const { delivery } = await read(targetsOf(0, 100), sinceMs);
    expect(delivery).toMatchObject({ stoppedUsers: 3, stoppedForMs: 30_000 });
  });

  it('forgets what was seen by the percentages before, and takes no look at another step for its own', async () => {
    inForce(100, 0);
    const sinceMs = bench.clock.nowMs();
    await read(targetsOf(100, 0), sinceMs);
    compare('ann', 5, 5);
    expect((await read(targetsOf(100, 0), sinceMs)).users.firstMismatches).toBe(1);
    bench.clock.advance(1_000);
    const writtenMs = bench.clock.nowMs();
    const pending = await read(targetsOf(100, 5), writtenMs);
    expect(pending.inForce).toMatchObject({ servePercent: 0, forMs: 0 });
    expect(pending.users.firstMismatches).toBe(0);
    inForce(100, 5);
    bench.clock.advance(1_000);
    expect((await read(targetsOf(100, 5), writtenMs)).users.firstMismatches).toBe(0);
  });
});

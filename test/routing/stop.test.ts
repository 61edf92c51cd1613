import { beforeEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { KillSwitch } from '../../src/contracts/kill-switch.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { PromRecorder } from '../../src/metrics/prom-recorder.js';
import { NoPresence } from '../../src/presence/no-presence.js';
import { NEVER_STOPPED } from '../../src/domain/stop-state.js';
import { topicOf } from '../../src/domain/topic.js';
import { Router } from '../../src/routing/router.js';
import type { RoutingParts } from '../../src/routing/routing-parts.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { FakePresence } from '../fakes/fake-presence.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { FakeSource } from '../fakes/fake-source.js';
import { ManualClock } from '../manual-clock.js';
import { waitFor } from '../wait-for.js';

class Lever implements KillSwitch {
  stopped = false;
  private listener: () => void = () => undefined;

  state: KillSwitch['state'] = () => ({ ...NEVER_STOPPED, stopped: this.stopped });

  onChange(listener: () => void): () => void {
    this.listener = listener;
    return () => undefined;
  }

  pull(stopped: boolean): void {
    this.stopped = stopped;
    this.listener();
  }
}

let clock: ManualClock;
let lever: Lever;
let flags: FakeFlags;
let redis: FakeSource;

beforeEach(() => {
  clock = new ManualClock();
  lever = new Lever();
  flags = new FakeFlags();
  flags.serveIsFull = true;
  redis = new FakeSource('redis', true);
});

function routerOver(legacy: FakeSource, more: Partial<RoutingParts> = {}): Router {
  return new Router({
    ...{ limits: { mode: 'local', legacy: 'registered' }, legacy, redis, flags, killSwitch: lever },
    ...{ presence: new FakePresence(), recorder: new FakeRecorder(), clock, compareChats: false },
    ...more,
  });
}

describe('given a user in complete, and a legacy source that takes its time', () => {
  it('opens legacy at a stop, is served by Redis until that is attached, and is then on legacy at once', () => {
    const legacy = new FakeSource('legacy');
    flags.set('anna', false, true);
    const router = routerOver(legacy, { handover: { handoverWindowMs: 0 } });
    const got: string[] = [];
    router.read(topicOf('anna'), {
      kind: 'events',
      next: ({ source, type }) => got.push(`${source} ${type}`),
    });
    expect([legacy.opened, router.routeOf('anna').stage]).toEqual([[], 'complete']);

    lever.pull(true);
    expect([legacy.opened, router.routeOf('anna')]).toEqual([
      ['anna'],
      { stage: 'legacy', reason: 'stopped' },
    ]);
    expect(router.servedBy(topicOf('anna'))).toBe('redis');
    redis.say('anna', 'task.progress_update');
    expect(redis.openKeys).toEqual(['anna']);

    legacy.attach('anna');
    expect([router.servedBy(topicOf('anna')), redis.openKeys]).toEqual(['legacy', []]);
    expect(got).toEqual(['redis task.progress_update']);
    expect(router.usersByStage()).toMatchObject({ legacy: 1, complete: 0 });
  });
});

describe('given a stop that holds', () => {
  it('keeps whoever comes on legacy, whatever the flags say and however often they change, until it is lifted', () => {
    const router = routerOver(new FakeSource('legacy', true));
    lever.pull(true);
    flags.set('anna', true, true);
    router.read(topicOf('anna'), { kind: 'events', next: () => undefined });
    flags.tell();
    expect([router.servedBy(topicOf('anna')), redis.opened]).toEqual(['legacy', []]);
    flags.broken = true;
    flags.tell();
    expect(router.routeOf('anna').reason).toBe('stopped');
    flags.broken = false;
    lever.pull(false);
    expect(router.routeOf('anna')).toEqual({ stage: 'live', reason: 'flags' });
    clock.advance(30_000);
    expect(router.servedBy(topicOf('anna'))).toBe('redis');
  });
});

describe('given 50,000 users whom Redis serves, half of them in complete', () => {
  it('has the last of them on legacy soon after the signal, and lets others run meanwhile', async () => {
    const clockOfMachine = new SystemClock();
    const recorder = new PromRecorder({ registry: new Registry(), clock: clockOfMachine });
    const router = routerOver(new FakeSource('legacy', true), {
      ...{ clock: clockOfMachine, recorder, presence: new NoPresence() },
    });
    const uids = Array.from({ length: 50_000 }, (_, n) => `user-${n}`);
    for (const [n, uid] of uids.entries()) {
      flags.set(uid, n % 2 === 0, true);
      router.read(topicOf(uid), { kind: 'events', next: () => undefined });
    }
    expect(router.servedBy(topicOf('user-49999'))).toBe('redis');
    let turns = 0;
    const counting = setInterval(() => turns++, 1);
    const [fromMs, cpu] = [performance.now(), process.cpuUsage()];
    lever.pull(true);
    await waitFor('the last user', () => router.usersByStage().legacy === uids.length);
    const tookMs = performance.now() - fromMs;
    const cpuMs = process.cpuUsage(cpu).user / 1_000;
    clearInterval(counting);
    expect(uids.every((uid) => router.servedBy(topicOf(uid)) === 'legacy')).toBe(true);
    process.stdout.write(
      `stop in one process: 50,000 users on legacy after ${tookMs.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of CPU\n`,
    );
    router.close();
    expect(turns).toBeGreaterThan(3);
    // Wall time would measure what else the machine does.
    expect(cpuMs).toBeLessThan(1_000);
  });
});

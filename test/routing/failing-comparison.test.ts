import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ComparingSettings } from '../../src/comparing/comparing-settings.js';
import { StreamComparer } from '../../src/comparing/stream-comparer.js';
import type { Comparer } from '../../src/contracts/comparer.js';
import { topicOf } from '../../src/domain/topic.js';
import type { UserEvent } from '../../src/domain/user-event.js';
import { Router } from '../../src/routing/router.js';
import { FakeComparer } from '../fakes/fake-comparer.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { FakePresence } from '../fakes/fake-presence.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { FakeSource } from '../fakes/fake-source.js';
import { ManualClock } from '../manual-clock.js';

const TYPES = Array.from({ length: 1_000 }, (_, n) => `task.${n}`);
/** Every event is compared, one to one. */
const EVERYTHING = { type: 'task.*', compare: 'event' } as const;

let clock: ManualClock;
let recorder: FakeRecorder;
let legacy: FakeSource;
let redis: FakeSource;
/** what each user was given, in order */
let given: Map<string, string[]>;

beforeEach(() => {
  clock = new ManualClock();
  recorder = new FakeRecorder();
  legacy = new FakeSource('legacy', true);
  redis = new FakeSource('redis', true);
  given = new Map();
});

/** `shadow` is served by legacy, `live` by Redis; both are compared. */
function routerWith(comparer: Comparer): Router {
  const flags = new FakeFlags().set('shadow', true, false).set('live', true, true);
  const limits = { mode: 'local', legacy: 'registered' } as const;
  const presence = new FakePresence();
  const router = new Router({
    ...{ limits, legacy, redis, flags, presence, comparer, recorder, clock },
    compareChats: false,
  });
  for (const uid of ['shadow', 'live']) {
    const types: string[] = [];
    given.set(uid, types);
    router.read(topicOf(uid), { kind: 'events', next: (event: UserEvent) => types.push(event.type) });
  }
  return router;
}

function realComparer(settings: ComparingSettings): StreamComparer {
  return new StreamComparer({ clock, recorder, settings: { confirmMs: 0, ...settings } });
}

/** Both sources say everything to both users at one moment; nothing else has had a turn when it returns. */
function sayEverything(types = TYPES): void {
  for (const type of types)
    for (const uid of ['shadow', 'live']) for (const source of [legacy, redis]) source.say(uid, type);
}

function expectEverything(types = TYPES): void {
  for (const uid of ['shadow', 'live']) expect(given.get(uid)).toEqual(types);
}

describe('given a comparison that fails while users are served', () => {
  it('delivers every event in order when the comparer throws at everything, and counts it', () => {
    const comparer = new FakeComparer();
    comparer.broken = true;
    const router = routerWith(comparer);
    sayEverything();
    expectEverything();
    expect(recorder.of('failed compare')).toBeGreaterThanOrEqual(2);
    router.close();
  });

  it('delivers every event in order when the sessions throw from the middle on, and counts each', () => {
    const comparer = new FakeComparer();
    routerWith(comparer);
    sayEverything(TYPES.slice(0, 500));
    comparer.broken = true;
    sayEverything(TYPES.slice(500));
    expectEverything();
    expect(recorder.of('failed compare')).toBe(2_000);
  });

  it('delivers every event in order when a rule throws, and counts each event that it threw at', () => {
    const normalise = (): never => {
      throw new Error('a broken rule');
    };
    const comparer = realComparer({ rules: [{ ...EVERYTHING, normalise }] });
    routerWith(comparer);
    clock.advance(60_000);
    sayEverything();
    expectEverything();
    clock.advance(60_000);
    expect(recorder.of('failed compare')).toBe(4_000);
    expect(mismatches()).toBe(0);
  });

  it('delivers every event in order when the comparer is flooded, and counts and excuses what it drops', () => {
    const maxQueued = 100;
    const comparer = realComparer({ rules: [EVERYTHING], maxQueued });
    routerWith(comparer);
    clock.advance(60_000);
    sayEverything();
    expectEverything();
    expect(comparer.load().queued).toBeLessThanOrEqual(maxQueued);
    clock.advance(60_000);
    expect(recorder.of('dropped comparison')).toBe(4_000 - maxQueued);
    expect(mismatches()).toBe(0);
  });

  it('delivers every event in order when the comparison never gets a turn, and leaves nothing when all are gone', () => {
    const comparer = realComparer({ rules: [EVERYTHING], maxQueued: 1_000 });
    const router = routerWith(comparer);
    sayEverything();
    expectEverything();
    expect(comparer.load().queued).toBeLessThanOrEqual(1_000);
    router.close();
    clock.advance(60_000);
    expect(comparer.load()).toEqual({ sessions: 0, queued: 0, pending: 0, items: 0 });
    expect(clock.pending).toBe(0);
  });

  it('compares again as soon as a rule no longer throws', () => {
    let broken = true;
    const normalise = <T>(payload: T): T => {
      if (broken) throw new Error('a broken rule');
      return payload;
    };
    const comparer = realComparer({ rules: [{ ...EVERYTHING, normalise }] });
    routerWith(comparer);
    clock.advance(60_000);
    sayEverything(['task.before']);
    clock.advance(60_000);
    broken = false;
    sayEverything(['task.after']);
    clock.advance(60_000);
    expectEverything(['task.before', 'task.after']);
    expect(recorder.of('failed compare')).toBe(4);
    expect(recorder.of('compared matched task.after')).toBe(2);
  });
});

/** How many comparisons came out as anything but matched. */
function mismatches(): number {
  const compared = [...recorder.counts].filter(
    ([key]) => key.startsWith('compared ') && !key.startsWith('compared matched '),
  );
  return compared.reduce((sum, [, count]) => sum + count, 0);
}

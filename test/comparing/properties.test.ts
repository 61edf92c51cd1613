import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { ComparerBench } from './comparer-bench.js';
import { Recording } from './recording.js';

const RUNS = process.env['CROSSFADE_LONG'] === undefined ? 100 : 3_000;
jest.setTimeout(30_000 + RUNS * 200);
/** Delays that leave the two sides less than a window apart. */
const delay = fc.integer({ min: 0, max: 2_300 }).map((ms) => ms / 1000);
const CONTENTS = ['x', 'y', 'déjà vu', ''];

type Made<A> = A extends fc.Arbitrary<infer Value> ? Value : never;

interface Item {
  readonly name: string | null;
  readonly status: string | null;
  readonly info: { readonly a: number; readonly b: boolean } | null;
}

const item: fc.Arbitrary<Item> = fc.record({
  name: fc.constantFrom('f1.pdf', 'f2.pdf', null),
  status: fc.constantFrom('error', 'done', null),
  info: fc.option(fc.record({ a: fc.integer({ min: -9, max: 9 }), b: fc.boolean() })),
});

const legacyForm = (id: string, { name, status, info }: Item): object => ({
  message: `${name ?? 'None'} - ${status ?? 'None'}`,
  file_name: name,
  status,
  doc_id: id,
  job_id: id,
  file_id: null,
  url: '/edit_form/None',
  read: false,
  timestamp: '0001-01-01T00:00:00+00:00',
  additional_info: info,
});

const redisForm = (id: string, { name, status, info }: Item): object => ({
  doc_id: id,
  message: `${name ?? 'Document'} - ${status ?? 'info'}`,
  file_name: name ?? 'Document',
  status: status ?? 'info',
  job_id: id,
  file_id: '',
  url: `/edit_form/${id}`,
  timestamp: '2025-09-20T11:44:00.123456+00:00',
  additional_info: info === null ? '' : `{'b': ${info.b ? 'True' : 'False'}, 'a': ${info.a}.0}`,
});

type State = ReadonlyMap<string, Item>;
const said = (form: typeof legacyForm, state: State): object[] =>
  [...state].map(([id, each]) => form(id, each));

/** One change of the true list, and how each source comes to tell of it. */
const change = fc.record({
  afterMs: fc.integer({ min: 0, max: 6_000 }),
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  /** undefined: the item goes */
  item: fc.option(item, { nil: undefined }),
  legacyDelay: delay,
  redisDelay: delay,
  /** Redis re-reads so much later, and sees what is there by then */
  rereadMs: fc.integer({ min: 0, max: 400 }),
  doubled: fc.boolean(),
});

/** Tells a true history to both sides; gives back the last state and when all is said. */
function tell(
  recording: Recording,
  uid: string,
  steps: readonly Made<typeof change>[],
): { state: State; end: number } {
  const states: { at: number; state: State }[] = [{ at: 10, state: new Map() }];
  let at = 11;
  for (const step of steps) {
    at += 0.001 + step.afterMs / 1000;
    const state = new Map(states.at(-1)?.state);
    if (step.item === undefined) state.delete(step.id);
    else state.set(step.id, step.item);
    states.push({ at, state });
  }
  const stateAt = (time: number): State => states.findLast((each) => each.at <= time)?.state ?? new Map();
  recording.list('legacy', 10, uid, []).list('redis', 10.05, uid, []);
  steps.forEach((step, n) => {
    const { at: changedAt, state } = states[n + 1] ?? { at: 0, state: new Map<string, Item>() };
    recording.list('legacy', changedAt + step.legacyDelay, uid, said(legacyForm, state), changedAt);
    const readAt = changedAt + step.rereadMs / 1000;
    const seen = said(redisForm, stateAt(readAt)).reverse();
    recording.list('redis', readAt + step.redisDelay, uid, seen, readAt);
    if (step.doubled) recording.list('redis', readAt + step.redisDelay + 0.02, uid, seen, readAt);
  });
  return { state: stateAt(Infinity), end: at + 15 };
}

describe('given any true history of lists', () => {
  it('finds nothing, whatever the delays inside the window and the interleaving', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 14 }), fc.array(change, { maxLength: 6 }), (one, two) => {
        const recording = new Recording();
        tell(recording, 'u1', one);
        tell(recording, 'u2', two);
        const report = recording.compare();
        expect(report.mismatches).toEqual([]);
        expect(report).toMatchObject({ excused: {}, late: 0 });
        expect(report.matched).toBeGreaterThan(1);
      }),
      { numRuns: RUNS },
    );
  });

  it('finds exactly the planted faults, each with its class and its item', () => {
    const plant = fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5', 'p6'),
        fault: fc.constantFrom('missing_in_redis', 'missing_in_legacy', 'different'),
      }),
      { selector: ({ id }) => id, maxLength: 6 },
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), plant, (history, plants) => {
        const recording = new Recording();
        const { state, end } = tell(recording, 'u1', history);
        const legacy = new Map(state);
        const redis = new Map(state);
        const right: Item = { name: 'f', status: 'done', info: null };
        for (const { id, fault } of plants) {
          if (fault !== 'missing_in_legacy') legacy.set(id, right);
          if (fault !== 'missing_in_redis')
            redis.set(id, fault === 'different' ? { ...right, status: 'error' } : right);
        }
        for (const after of [0, 20, 40]) {
          recording.list('legacy', end + after, 'u1', said(legacyForm, legacy));
          recording.list('redis', end + after + 0.1, 'u1', said(redisForm, redis));
        }
        const found = recording.compare().mismatches;
        expect(found.map((each) => `${each.class} ${each.key ?? ''}`).sort()).toEqual(
          plants.map(({ id, fault }) => `${fault} ${id}`).sort(),
        );
        for (const each of found) if (each.class === 'different') expect(each.fields).toEqual(['status']);
      }),
      { numRuns: RUNS },
    );
  });
});

const FAULTS = ['none', 'missing_in_redis', 'missing_in_legacy', 'duplicate', 'different'] as const;
const chatMessage = fc.record({
  afterMs: fc.integer({ min: 0, max: 2_000 }),
  thread: fc.constantFrom('th1', 'th2'),
  content: fc.constantFrom(...CONTENTS),
  legacyDelay: delay,
  redisDelay: delay,
  hidden: fc.boolean(),
  fault: fc.constantFrom(...FAULTS),
});

/** Tells chats to both sides, each thread in its own order, with faults where asked; gives back what was planted. */
function tellChats(
  recording: Recording,
  messages: readonly Made<typeof chatMessage>[],
  withFaults: boolean,
): { planted: string[]; shown: number } {
  const planted: string[] = [];
  const lastAt = new Map<string, number>();
  const inOrder = (lane: string, at: number): number => {
    const next = Math.max(at, (lastAt.get(lane) ?? 0) + 0.001);
    lastAt.set(lane, next);
    return next;
  };
  let now = 10;
  let shown = 0;
  messages.forEach(({ afterMs, thread, content, legacyDelay, redisDelay, hidden, ...rest }, n) => {
    now += afterMs / 1000;
    const id = `m${n}`;
    const fault = withFaults ? rest.fault : 'none';
    if (hidden) {
      const at = inOrder(`redis ${thread}`, now + redisDelay);
      recording.message('redis', at, 'u1', thread, { id, content, read: true });
      return;
    }
    shown++;
    const legacyAt = inOrder(`legacy ${thread}`, now + legacyDelay);
    const redisAt = inOrder(`redis ${thread}`, now + redisDelay);
    if (fault !== 'none') planted.push(fault);
    if (fault !== 'missing_in_legacy') recording.message('legacy', legacyAt, 'u1', thread, { id, content });
    if (fault === 'missing_in_redis') return;
    const changed = fault === 'different' ? { id, content: 'changed on the way' } : { id, content };
    recording.message('redis', redisAt, 'u1', thread, changed);
    if (fault === 'duplicate') recording.message('redis', redisAt + 0.0005, 'u1', thread, changed);
  });
  return { planted, shown };
}

describe('given any true history of chats', () => {
  it('matches every message that legacy shows, and finds nothing else', () => {
    fc.assert(
      fc.property(fc.array(chatMessage, { maxLength: 30 }), (messages) => {
        const recording = new Recording();
        const { shown } = tellChats(recording, messages, false);
        const report = recording.compare();
        expect(report.mismatches).toEqual([]);
        expect(report).toMatchObject({
          matched: shown,
          late: 0,
          excused: {},
          notCompared: messages.length - shown,
        });
        expect(report.lagSeconds.count).toBe(shown);
      }),
      { numRuns: RUNS },
    );
  });

  it('finds exactly the planted faults, of the planted classes', () => {
    fc.assert(
      fc.property(fc.array(chatMessage, { maxLength: 30 }), (messages) => {
        const recording = new Recording();
        const { planted } = tellChats(recording, messages, true);
        const found = recording.compare().mismatches.map((each) => each.class);
        expect(found.sort()).toEqual(planted.sort());
      }),
      { numRuns: RUNS },
    );
  });

  it('finds exactly as many as were moved', () => {
    const places = fc.uniqueArray(fc.integer({ min: 0, max: 19 }), { maxLength: 8 });
    fc.assert(
      fc.property(places, fc.boolean(), (moves, redisFirst) => {
        const order = Array.from({ length: 40 }, (_, n) => n);
        for (const place of moves) {
          order[2 * place] = 2 * place + 1;
          order[2 * place + 1] = 2 * place;
        }
        const recording = new Recording();
        order.forEach((id, n) => {
          recording.message('legacy', 10 + n / 10, 'u1', 'th1', { id: `m${n}` });
          recording.message('redis', 10 + n / 10 + (redisFirst ? -0.35 : 0.35), 'u1', 'th1', {
            id: `m${id}`,
          });
        });
        const found = recording.compare().mismatches.map((each) => each.class);
        expect(found).toEqual(moves.map(() => 'reordered'));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('given any coming and going of users', () => {
  const act = fc.record({
    what: fc.constantFrom('legacy', 'redis', 'gap', 'back', 'list', 'wait', 'end', 'handover'),
    user: fc.integer({ min: 0, max: 4 }),
    n: fc.integer({ min: 0, max: 6 }),
  });

  it('holds nothing and leaves no timer once they have left', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const bench = new ComparerBench({ settings: { confirmMs: 3_000, maxQueued: 20, maxPending: 10 } });
        const sessions = Array.from({ length: 5 }, (_, n) => bench.comparer.begin({ uid: `u${n}` }));
        for (const session of sessions)
          for (const source of ['legacy', 'redis'] as const) session.attached(source);
        for (const { what, user, n } of acts) {
          const session = sessions[user] ?? bench.comparer.begin({ uid: 'nobody' });
          const source = n % 2 ? 'legacy' : 'redis';
          ({
            legacy: () => {
              bench.message(session, 'legacy', `m${n}`);
            },
            redis: () => {
              bench.message(session, 'redis', `m${n}`);
            },
            list: () => {
              bench.list(session, source, [{ doc_id: `d${n}` }]);
            },
            gap: () => {
              session.detached(source, { cause: 'link', sinceMs: bench.clock.elapsedMs() - n });
            },
            back: () => {
              session.attached(source);
            },
            handover: () => {
              session.handover(n > 3);
            },
            wait: () => {
              bench.clock.advance(n * 1_000);
            },
            end: () => {
              session.end();
            },
          })[what]();
        }
        for (const session of sessions) session.end();
        bench.clock.advance(5_000);
        expect(bench.comparer.load()).toEqual({ sessions: 0, queued: 0, pending: 0, items: 0 });
        expect(bench.clock.pending).toBe(0);
        expect(bench.recorder.of('failed compare')).toBe(0);
      }),
      { numRuns: RUNS },
    );
  });
});

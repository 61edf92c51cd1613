import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LIST_ITEMS, listStampMicros } from '../../src/domain/list.js';
import type { Source } from '../../src/domain/source.js';
import type { Stage } from '../../src/domain/stage.js';
import { topicOf } from '../../src/domain/topic.js';
import type { UserEvent } from '../../src/domain/user-event.js';
import { Router } from '../../src/routing/router.js';
import { FakeComparer } from '../fakes/fake-comparer.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { FakePresence } from '../fakes/fake-presence.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { ManualClock } from '../manual-clock.js';
import {
  CHAT,
  TwoSourceWorld,
  UID,
  type Emission,
  type ListType,
  type Truth,
  type WorldPlan,
} from './two-source-world.js';

const WINDOW_MS = 5_000;
/** as long as things happen */
const BUSY_MS = 60_000;
/** until every handover is over, a return with its quiet time included */
const QUIET_MS = 90_000;

interface Schedule {
  readonly plan: WorldPlan;
  readonly startMs: number;
  readonly first: Stage;
  readonly flips: readonly { readonly atMs: number; readonly stage: Stage }[];
}

const stages = fc.constantFrom<Stage>('legacy', 'shadow', 'live', 'complete');
const moments = fc.integer({ min: 0, max: BUSY_MS });
/** Half of all lags are short, as in life; the others are anywhere inside the window. */
const lags = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: WINDOW_MS - 1 }));

const truths: fc.Arbitrary<Truth> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('message' as const),
      atMs: moments,
      text: fc.constant('named'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('message' as const),
      atMs: moments,
      text: fc.constantFrom('ok', 'yes'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      atMs: moments,
      type: fc.constantFrom<ListType>('notif.sync', 'msg.sync'),
      items: fc.integer({ min: 0, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('redis_only' as const), atMs: moments }) },
);

const emissions: fc.Arbitrary<Emission[]> = fc.array(
  fc.record({
    truth: truths,
    lagMs: fc.record({ legacy: lags, redis: lags }),
    overtakes: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40, size: 'max' },
);

const outages = fc
  .array(
    fc.record({
      startMs: moments,
      unseenMs: fc.integer({ min: 0, max: 2_000 }),
      seenMs: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 500, max: 20_000 })),
    }),
    { maxLength: 3 },
  )
  // One link has one outage at a time.
  .map((all) => {
    let freeMs = 0;
    return [...all]
      .sort((a, b) => a.startMs - b.startMs)
      .map((outage) => {
        const startMs = Math.max(outage.startMs, freeMs);
        freeMs = startMs + outage.unseenMs + outage.seenMs + 1;
        return { ...outage, startMs };
      });
  });

const schedules: fc.Arbitrary<Schedule> = fc.record({
  plan: fc.record({
    emissions: emissions.map((all) =>
      // One thing happens at a time, and messages are named in the order in which they are sent.
      [...all]
        .sort((a, b) => a.truth.atMs - b.truth.atMs)
        .map((each, n) => {
          const atMs = each.truth.atMs + n;
          const { truth } = each;
          if (truth.kind !== 'message' || truth.text !== 'named')
            return { ...each, truth: { ...truth, atMs } };
          return { ...each, truth: { ...truth, atMs, id: `m${n}`, text: `text ${n}` } };
        }),
    ),
    outages,
    attachMs: fc.record({
      legacy: fc.constantFrom(0, 0, 20),
      redis: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 8_000 })),
    }),
    firstListsMs: fc.option(fc.integer({ min: 0, max: 7_000 }), { nil: undefined }),
    skewMs: fc.record({
      legacy: fc.integer({ min: -60_000, max: 60_000 }),
      redis: fc.integer({ min: -60_000, max: 60_000 }),
    }),
  }),
  startMs: fc.integer({ min: 0, max: 10_000 }),
  first: stages,
  flips: fc.array(fc.record({ atMs: moments, stage: stages }), { maxLength: 6 }),
});

interface Got {
  readonly event: UserEvent;
  readonly atMs: number;
}

interface Outcome {
  readonly world: TwoSourceWorld;
  readonly recorder: FakeRecorder;
  readonly messages: readonly Got[];
  readonly others: readonly Got[];
  readonly heard: TwoSourceWorld['heard'];
  readonly servedBy: Source | undefined;
  /** when a topic that had only begun was moved to its own source */
  readonly begunAtMs: number;
  readonly pendingTimers: number;
}

function setStage(flags: FakeFlags, stage: Stage): void {
  flags.serveIsFull = stage === 'complete';
  flags.set(UID, stage === 'shadow' || stage === 'live', stage === 'live' || stage === 'complete');
}

async function run({ plan, startMs, first, flips }: Schedule): Promise<Outcome> {
  const clock = new ManualClock();
  const world = new TwoSourceWorld(clock, plan);
  const flags = new FakeFlags();
  const recorder = new FakeRecorder();
  const presence = new FakePresence();
  const messages: Got[] = [];
  const others: Got[] = [];
  let begunAtMs = 0;
  const handover = recorder.handover;
  recorder.handover = (to, result, tookMs) => {
    if (result === 'begun') begunAtMs = clock.elapsedMs();
    handover(to, result, tookMs);
  };
  const router = new Router({
    limits: { mode: 'local', legacy: 'registered' },
    legacy: world.source('legacy'),
    redis: world.source('redis'),
    flags,
    presence: {
      hold: (topic) => {
        world.present(topic);
        return presence.hold(topic);
      },
    },
    comparer: new FakeComparer(),
    recorder,
    clock,
    compareChats: false,
    resync: world,
    handover: { handoverWindowMs: WINDOW_MS },
  });
  setStage(flags, first);
  const into = (got: Got[]) => ({
    kind: 'events' as const,
    next: (event: UserEvent) => {
      got.push({ event, atMs: clock.elapsedMs() });
    },
  });
  clock.after(startMs, () => {
    router.read(topicOf(UID), into(others));
    router.read(topicOf(UID, CHAT), into(messages));
  });
  for (const { atMs, stage } of flips)
    clock.after(startMs + atMs, () => {
      setStage(flags, stage);
      flags.tell();
    });
  // Answers of the resync port come between two turns of the clock.
  for (let atMs = 0; atMs <= BUSY_MS + QUIET_MS; atMs += 1_000) {
    clock.advanceTo(atMs);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }
  const servedBy = router.servedBy(topicOf(UID));
  const heard = { ...world.heard };
  router.close();
  return { world, heard, recorder, messages, others, servedBy, begunAtMs, pendingTimers: clock.pending };
}

function nameOf({ id, text }: { id?: unknown; text?: unknown }): string {
  return typeof id === 'string' ? id : String(text);
}

function messageName({ event }: Got): string {
  const [message] = event.payload['raw_messages'] as [{ id?: string; content: string }];
  return nameOf({ id: message.id, text: message.content });
}

/**
 * Each message that any open source said reached the readers once; equal ones without an id, as often as they
 * were sent. What was sent before a source was attached was promised to nobody, and what an outage swallowed, or overtook, while
 * the user was in `complete` is the resync's: these reached them once at most. Equal ones without an id of which
 * only one source had some cannot be told apart: as many may be missing or doubled, but never the only one.
 */
function checkMessagesOnce({ world, messages }: Outcome, schedule: Schedule): void {
  const isPromised = (truth: Truth): boolean =>
    truth.atMs > world.firstAttachedMs && !wasLostInComplete(world.redisAtMs.get(truth) ?? 0, schedule);
  const sent = [...world.said.keys()].filter((truth) => truth.kind === 'message');
  for (const name of new Set([...sent.map(nameOf), ...messages.map(messageName)])) {
    const most = sent.filter((truth) => nameOf(truth) === name);
    const least = most.filter(isPromised);
    const got = messages.filter((each) => messageName(each) === name);
    const oneSided = most.filter((truth) => world.said.get(truth)?.size === 1).length;
    const unsure = Math.min(oneSided, most.length - 1);
    if (got.length < least.length - unsure || got.length > most.length + unsure)
      expect(`${name}: ${got.length}`).toBe(`${name}: ${least.length} to ${most.length}`);
  }
}

function wasLostInComplete(redisAtMs: number, { plan, startMs, first, flips }: Schedule): boolean {
  const changes = [{ atMs: 0, stage: first }, ...[...flips].sort((a, b) => a.atMs - b.atMs)];
  return plan.outages.some((outage) => {
    const endMs = outage.startMs + outage.unseenMs + outage.seenMs;
    if (redisAtMs < outage.startMs || redisAtMs > endMs + WINDOW_MS) return false;
    return changes.some(({ atMs, stage }, n) => {
      const untilMs = changes[n + 1]?.atMs ?? Infinity;
      return stage === 'complete' && startMs + atMs <= endMs && startMs + untilMs >= outage.startMs;
    });
  });
}

/** In the order in which they were sent, but for what was sent before the stream had found its own source. */
function checkMessagesInOrder({ world, messages, begunAtMs }: Outcome, schedule: Schedule): void {
  const sent = [...world.said.keys()]
    .filter((truth) => truth.kind === 'message')
    .filter((truth) => !wasLostInComplete(world.redisAtMs.get(truth) ?? 0, schedule));
  const late = new Map(
    sent
      .filter(({ id, atMs }) => id !== undefined && atMs > Math.max(begunAtMs, world.firstAttachedMs))
      .map((t) => [nameOf(t), t.atMs]),
  );
  const order = messages.map((each) => late.get(messageName(each))).filter((atMs) => atMs !== undefined);
  expect(order).toEqual([...order].sort((a, b) => a - b));
}

function listsOf({ others }: Outcome, type: ListType): Got[] {
  return others.filter(({ event }) => event.type === type);
}

function contentOf(event: UserEvent | undefined): string {
  const items = event?.payload[LIST_ITEMS.get(event.type) ?? ''] as { status: string }[] | undefined;
  // No list and an empty one are the same to a screen.
  return items === undefined || items.length === 0 ? 'empty' : `${items.length} ${items[0]?.status ?? ''}`;
}

/**
 * Where the serving source has said the newest state since it was opened or last broke, or the readers have
 * ever had it, it is what they have at the end.
 */
function checkNewestListShown(outcome: Outcome, type: ListType): void {
  const { version, items } = outcome.world.state[type];
  const newest = items === 0 ? 'empty' : `${items} v${version}`;
  const shown = listsOf(outcome, type).map(({ event }) => contentOf(event));
  const isSaid = outcome.servedBy !== undefined && outcome.heard[outcome.servedBy][type] >= version;
  if (isSaid || (items > 0 && shown.includes(newest))) expect(shown.at(-1) ?? 'empty').toBe(newest);
}

/** Within one source the lists' own timestamps never go back. */
function checkNoStepBackWithinSource(outcome: Outcome, type: ListType): void {
  for (const source of ['legacy', 'redis'] as const) {
    const stamps = listsOf(outcome, type)
      // What was re-read after a gap has the clock of whoever read it.
      .filter(({ event }) => event.source === source && event.envelope['reread'] !== true)
      .map(({ event }) => listStampMicros(event) ?? 0);
    expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
  }
}

const seed = Number(process.env['CROSSFADE_SEED'] ?? 1);
const numRuns = process.env['CROSSFADE_LONG'] === undefined ? 300 : 100_000;

describe(`given any schedule of events, lags, flips, gaps and reconnects (seed ${seed}, ${numRuns} runs)`, () => {
  it(
    'gives each message once and in order, and each list’s newest state without a step back',
    async () => {
      await fc.assert(
        fc.asyncProperty(schedules, async (schedule) => {
          const outcome = await run(schedule);
          checkMessagesOnce(outcome, schedule);
          checkMessagesInOrder(outcome, schedule);
          for (const type of ['notif.sync', 'msg.sync'] as const) {
            checkNewestListShown(outcome, type);
            checkNoStepBackWithinSource(outcome, type);
          }
          expect(outcome.recorder.of('failed merge')).toBe(0);
          expect(outcome.pendingTimers).toBe(0);
        }),
        {
          numRuns,
          seed,
          ...(process.env['CROSSFADE_PATH'] === undefined
            ? {}
            : { path: process.env['CROSSFADE_PATH'], endOnFailure: true }),
        },
      );
    },
    numRuns * 100,
  );
});

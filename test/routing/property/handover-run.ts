import type { HandoverResult } from '../../../src/contracts/recorder.js';
import type { Source } from '../../../src/domain/source.js';
import type { Stage } from '../../../src/domain/stage.js';
import { topicOf } from '../../../src/domain/topic.js';
import { UserEvent, type Envelope } from '../../../src/domain/user-event.js';
import { PresentSource } from '../../../src/presence/present-source.js';
import type { Consumer } from '../../../src/routing/consumer.js';
import { Router } from '../../../src/routing/router.js';
import { FakeComparer } from '../../fakes/fake-comparer.js';
import { FakeFlags } from '../../fakes/fake-flags.js';
import { FakeRecorder } from '../../fakes/fake-recorder.js';
import { ManualClock } from '../../manual-clock.js';
import { BUSY_MS, WINDOW_MS } from './schedules.js';
import { TwoSourceWorld } from './two-source-world.js';
import { CHAT, UID, type Schedule } from './world-plan.js';

/** until every handover is over, a return with its quiet time included */
const QUIET_MS = 110_000;

/** A handover that was over, in whichever way. */
export interface Move {
  readonly to: Source;
  readonly result: HandoverResult;
  readonly atMs: number;
}

/** What the readers of a schedule got, and what was going on. */
export interface Outcome {
  readonly world: TwoSourceWorld;
  readonly recorder: FakeRecorder;
  readonly messages: readonly UserEvent[];
  readonly others: readonly UserEvent[];
  readonly heard: TwoSourceWorld['heard'];
  readonly servedBy: Source | undefined;
  /** when a topic that had only begun was attached to, or moved to, the source of its stage */
  readonly begunAtMs: number;
  readonly moves: readonly Move[];
  readonly pendingTimers: number;
}

function setStage(flags: FakeFlags, stage: Stage): void {
  flags.serveIsFull = stage === 'complete';
  flags.set(UID, stage === 'shadow' || stage === 'live', stage === 'live' || stage === 'complete');
}

/** Lets a schedule happen to one user with a screen and a chat, who reads them as objects or as bytes. */
export async function runSchedule(
  { plan, startMs, first, flips }: Schedule,
  kind: Consumer['kind'],
): Promise<Outcome> {
  const clock = new ManualClock();
  const world = new TwoSourceWorld(clock, plan, WINDOW_MS);
  const flags = new FakeFlags();
  const recorder = new FakeRecorder();
  const messages: UserEvent[] = [];
  const others: UserEvent[] = [];
  const moves: Move[] = [];
  let begunAtMs = first === 'live' || first === 'complete' ? startMs + plan.attachMs.redis : 0;
  const { handover } = recorder;
  recorder.handover = (to, result, tookMs) => {
    const atMs = clock.elapsedMs();
    moves.push({ to, result, atMs });
    if (result === 'begun') begunAtMs = atMs;
    handover(to, result, tookMs);
  };
  const { redis, presence, close } = redisOf(world, clock, plan.presenceMs !== undefined);
  const router = new Router({
    limits: { mode: 'local', legacy: 'registered' },
    legacy: world.source('legacy'),
    redis,
    flags,
    presence,
    comparer: new FakeComparer(),
    recorder,
    clock,
    compareChats: false,
    resync: world,
    handover: { handoverWindowMs: WINDOW_MS },
  });
  world.health = router.redisHealth;
  setStage(flags, first);
  const into = (got: UserEvent[]): Consumer => {
    if (kind === 'events') return { kind, next: (event) => got.push(event) };
    return { kind, next: (bytes) => got.push(eventOf(bytes, clock.elapsedMs())) };
  };
  clock.after(startMs, () => {
    router.read(topicOf(UID), into(others));
    router.read(topicOf(UID, CHAT), into(messages));
  });
  for (const { atMs, stage } of flips)
    clock.after(startMs + atMs, () => {
      setStage(flags, stage);
      flags.tell();
    });
  await passTime(clock);
  const servedBy = router.servedBy(topicOf(UID));
  const heard = { ...world.heard };
  router.close();
  close();
  const { pending: pendingTimers } = clock;
  return { world, heard, recorder, messages, others, servedBy, begunAtMs, moves, pendingTimers };
}

/** What was re-read has nobody who said it: it counts as of Redis, as it does where it is read as an object. */
function eventOf(bytes: Uint8Array, atMs: number): UserEvent {
  const envelope = JSON.parse(new TextDecoder().decode(bytes)) as Envelope;
  return new UserEvent(envelope, envelope['said_by'] === 'legacy' ? 'legacy' : 'redis', atMs);
}

/** Redis as the module wires it: joined with its presence, where that tells how it fares. */
function redisOf(world: TwoSourceWorld, clock: ManualClock, isWatched: boolean) {
  const redis = world.source('redis');
  const presence = world.presence();
  if (!isWatched) return { redis, presence, close: () => undefined };
  const present = new PresentSource(redis, presence, clock);
  return {
    redis: present,
    presence: present,
    close: () => {
      present.close();
    },
  };
}

/** Answers of the resync port come between two turns of the clock. */
async function passTime(clock: ManualClock): Promise<void> {
  for (let atMs = 0; atMs <= BUSY_MS + QUIET_MS; atMs += 1_000) {
    clock.advanceTo(atMs);
    for (let n = 0; n < 4; n++) await Promise.resolve();
  }
}

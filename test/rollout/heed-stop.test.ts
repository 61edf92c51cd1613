import { beforeEach, describe, expect, it } from '@jest/globals';
import { NEVER_STOPPED, type StopState } from '../../src/domain/stop-state.js';
import { Controller, type LookOutcome } from '../../src/rollout/controller.js';
import { say } from '../../src/rollout/operator.js';
import { parsePlan } from '../../src/rollout/parse-plan.js';
import { FakeWorld } from '../fakes/fake-rollout.js';
import { ManualClock } from '../manual-clock.js';

const MINUTE = 60_000;
const PARSED = parsePlan({
  version: 1,
  steps: [
    { compare: 100, soakMinutes: 2 },
    { serve: 25, soakMinutes: 2 },
    { serve: 100, soakMinutes: 2 },
  ],
});
if (!PARSED.ok) throw new Error('the plan is broken');
const PLAN = PARSED.plan;

let world: FakeWorld;
let word: StopState;
let controller: Controller;

beforeEach(() => {
  world = new FakeWorld(new ManualClock());
  word = NEVER_STOPPED;
  const ports = { ...world.ports(1), killSwitch: { state: () => word } };
  controller = new Controller(ports, { plan: PLAN });
});

async function looks(count: number): Promise<LookOutcome | undefined> {
  let outcome: LookOutcome | undefined;
  for (let i = 0; i < count; i++) {
    outcome = await controller.look();
    world.clock.advance(MINUTE);
  }
  return outcome;
}

async function walkToServe25(): Promise<void> {
  for (let i = 0; i < 20 && world.percents.serve !== 25; i++) await looks(1);
}

const spoken = (stopped: boolean): StopState => ({
  ...{ epoch: word.epoch + 1, stopped, by: 'eve', why: 'screens are empty', atMs: world.clock.nowMs() },
});
const firstCode = (outcome: LookOutcome | undefined): string | undefined =>
  outcome?.kind === 'looked' ? outcome.verdict.reasons[0]?.code : undefined;
const state = () => world.entries.at(-1)?.state;

describe('given a fleet that a person has stopped', () => {
  beforeEach(async () => {
    await walkToServe25();
    word = spoken(true);
  });

  it('takes the serve flag to nobody in the name of who stopped it, and holds as long as that lasts', async () => {
    expect(await controller.look()).toMatchObject({
      kind: 'decided',
      decision: { kind: 'roll_back', actor: 'eve', move: { flag: 'serve', to: { percent: 0 } } },
    });
    for (let look = 0; look < 30; look++) expect(firstCode(await looks(1))).toBe('stopped');
    expect(world.percents).toEqual({ compare: 100, serve: 0 });
    expect(world.entries.filter(({ event }) => event.kind === 'stopped')).toHaveLength(1);
  });

  it('does not go on by itself once it is started again: the roll-back is still latched', async () => {
    await looks(3);
    word = spoken(false);
    expect(firstCode(await looks(3))).toBe('latched');
    expect(state()?.stopped).toBeUndefined();
    await say({ log: world.log(), clock: world.clock }, PLAN, 'eve', { kind: 'resumed' });
    await walkToServe25();
    expect(world.percents.serve).toBe(25);
  });

  it('stays stopped where the word was forgotten with the store that kept it', async () => {
    await looks(2);
    word = NEVER_STOPPED;
    expect(firstCode(await looks(5))).toBe('stopped');
  });

  it('holds without a look at the evidence, too', async () => {
    world.at = (where) => {
      if (where === 'before evidence') throw new Error('Prometheus is down.');
    };
    await looks(1);
    expect(world.percents.serve).toBe(0);
    expect(firstCode(await looks(2))).toBe('stopped');
  });
});

describe('given a controller that takes over while the fleet is stopped', () => {
  it('holds from its first look', async () => {
    await walkToServe25();
    word = spoken(true);
    world.holder = 2;
    controller = new Controller({ ...world.ports(2), killSwitch: { state: () => word } }, { plan: PLAN });
    await looks(1);
    expect(world.percents.serve).toBe(0);
    expect(firstCode(await looks(10))).toBe('stopped');
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FleetKillSwitch } from '../../src/coordination/fleet-kill-switch.js';
import { StopFile } from '../../src/coordination/stop-file.js';
import { NEVER_STOPPED, type StopState } from '../../src/domain/stop-state.js';
import { readStopText, stopText } from '../../src/domain/stop-text.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { FakeStopStore, type FakeStopLine } from '../fakes/fake-stop-store.js';
import { ManualClock } from '../manual-clock.js';
import { settle } from '../settle.js';
import { waitFor } from '../wait-for.js';

const STOP = { stopped: true, by: 'anna', why: 'fire' };
const LIFT = { stopped: false, by: 'ben', why: '' };

let clock: ManualClock;
let recorder: FakeRecorder;
let store: FakeStopStore;

beforeEach(() => {
  clock = new ManualClock();
  recorder = new FakeRecorder();
  store = new FakeStopStore();
});

interface Replica {
  readonly line: FakeStopLine;
  readonly killSwitch: FleetKillSwitch;
}

function replica(file?: StopFile): Replica {
  const line = store.line();
  const files = file === undefined ? {} : { file };
  return { line, killSwitch: new FleetKillSwitch({ store: line, clock, recorder, ...files }) };
}

const stored = (): StopState | undefined => (store.text === undefined ? undefined : readStopText(store.text));

/** Reading a file takes as long as it takes. */
async function waitForState(killSwitch: FleetKillSwitch, stopped: boolean): Promise<void> {
  await waitFor(`stopped is ${stopped}`, () => killSwitch.state().stopped === stopped);
}

/** Started while its line was as it is. */
async function started(file?: StopFile): Promise<Replica> {
  const made = replica(file);
  await made.killSwitch.start();
  return made;
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await settle();
}

const state = (epoch: number, stopped: boolean): StopState => ({
  epoch,
  stopped,
  by: 'anna',
  why: '',
  atMs: 0,
});

describe('given a fleet that hears one another', () => {
  it('stops and lifts everywhere at the announcement, and tells whoever watches', async () => {
    const [a, b] = [await started(), await started()];
    const told: boolean[] = [];
    b.killSwitch.onChange(() => told.push(b.killSwitch.state().stopped));
    expect(await a.killSwitch.say(STOP)).toMatchObject({ reached: 'fleet', heardBy: 2, state: STOP });
    expect(b.killSwitch.state()).toMatchObject(STOP);
    await a.killSwitch.say(LIFT);
    expect(told).toEqual([true, false]);
  });

  it('holds a stop before the store has even been asked', async () => {
    const { killSwitch } = await started();
    void killSwitch.say(STOP);
    expect(killSwitch.state().stopped).toBe(true);
  });

  it('hears within a second what was not announced to it', async () => {
    const [a, b] = [await started(), await started()];
    b.line.deaf = true;
    await a.killSwitch.say(STOP);
    expect(b.killSwitch.state().stopped).toBe(false);
    await pass(1_000);
    expect(b.killSwitch.state().stopped).toBe(true);
  });

  it('is told once of what is announced twice', async () => {
    const { killSwitch, line } = await started();
    line.copies = 3;
    let told = 0;
    killSwitch.onChange(() => told++);
    await killSwitch.say(STOP);
    await settle();
    expect(told).toBe(1);
  });

  it('keeps no listener from hearing when another one throws', async () => {
    const { killSwitch } = await started();
    let told = 0;
    killSwitch.onChange(() => {
      throw new Error('broken');
    });
    killSwitch.onChange(() => told++);
    await killSwitch.say(STOP);
    expect([told, recorder.of('failed kill_switch')]).toEqual([1, 1]);
  });

  it('never reads more than once at a time, and leaves no timer when closed', async () => {
    const { killSwitch, line } = await started();
    const before = line.reads;
    void killSwitch.confirmed();
    await killSwitch.confirmed();
    expect(line.reads - before).toBeLessThanOrEqual(2);
    await killSwitch.close();
    expect([clock.pending, line.listenerCount]).toEqual([0, 0]);
    await killSwitch.confirmed();
  });
});

describe('given a store that does not answer', () => {
  it('holds what was heard last, says so, and confirms only when it was read again', async () => {
    const { killSwitch, line } = await started();
    await killSwitch.say(STOP);
    line.cut();
    await pass(1_000);
    expect(killSwitch.state().stopped).toBe(true);
    expect(killSwitch.hearing().problems).toEqual([expect.stringMatching(/not read .*ECONNREFUSED/)]);
    let confirmed = false;
    void killSwitch.confirmed().then(() => (confirmed = true));
    await pass(3_000);
    expect(confirmed).toBe(false);
    line.mend();
    await settle();
    expect(confirmed).toBe(true);
    expect(killSwitch.hearing()).toEqual({ confirmedAtMs: clock.nowMs(), problems: [] });
  });

  it('stops here alone, says so, and tells the fleet when the store is back', async () => {
    const [a, b] = [await started(), await started()];
    a.line.cut();
    expect(await a.killSwitch.say(STOP)).toMatchObject({ reached: 'replica', state: STOP });
    expect(b.killSwitch.state().stopped).toBe(false);
    a.line.mend();
    await settle();
    expect(b.killSwitch.state()).toMatchObject(STOP);
  });

  it('starts all the same, and does not wait for ever', async () => {
    const { killSwitch, line } = replica();
    line.cut();
    const starting = killSwitch.start();
    await settle();
    await pass(2_000);
    await starting;
    expect(killSwitch.state()).toBe(NEVER_STOPPED);
  });

  it('takes no confirmation from a question that was asked before', async () => {
    const { killSwitch, line } = await started();
    let confirmed = false;
    line.mend(); // a question is under way
    void killSwitch.confirmed().then(() => (confirmed = true));
    store.text = stopText(state(clock.nowMs(), true));
    await settle();
    expect([confirmed, killSwitch.state().stopped]).toEqual([true, true]);
  });
});

describe('given a store that refuses', () => {
  it('keeps nobody waiting, says the cure, and still stops this replica', async () => {
    const { killSwitch, line } = replica();
    line.refuses = true;
    await killSwitch.start();
    await killSwitch.confirmed();
    expect(killSwitch.hearing().problems).toEqual([
      expect.stringMatching(/does not let this process.*NOPERM/),
    ]);
    expect(await killSwitch.say(STOP)).toMatchObject({ reached: 'replica', state: STOP });
  });
});

describe('given a store that was emptied', () => {
  it.each([STOP, LIFT])('gets back the highest word that any replica knows: %j', async (wish) => {
    const [a, b] = [await started(), await started()];
    await a.killSwitch.say({ ...wish, stopped: !wish.stopped });
    b.line.cut();
    clock.advance(5);
    await a.killSwitch.say(wish);
    store.text = undefined;
    b.line.mend();
    await settle();
    await pass(1_000);
    expect(stored()).toMatchObject(wish);
    expect(b.killSwitch.state()).toMatchObject(wish);
  });

  it('is stopped by a word said over it, before any replica has told it of an older lift', async () => {
    const [a, b] = [await started(), await started()];
    await a.killSwitch.say(LIFT);
    a.line.cut();
    store.text = undefined;
    clock.advance(5);
    await b.killSwitch.say(STOP);
    a.line.mend();
    await settle();
    await pass(1_000);
    expect([a.killSwitch.state().stopped, b.killSwitch.state().stopped]).toEqual([true, true]);
  });

  it('is not written to when nobody has ever said anything', async () => {
    await started();
    await pass(5_000);
    expect(store.text).toBeUndefined();
  });
});

describe('given a store that holds what is neither stop nor lift', () => {
  it('counts it, takes it for a stop, and holds that until a person lifts it', async () => {
    const [a, b] = [await started(), await started()];
    await a.killSwitch.say(LIFT);
    store.text = 'stop!!';
    await pass(1_000);
    expect([a.killSwitch.state().stopped, b.killSwitch.state().stopped]).toEqual([true, true]);
    expect(recorder.of('failed kill_switch')).toBeGreaterThan(0);
    expect(readStopText(store.text)).toMatchObject({ stopped: true, by: 'crossfade' });
    await b.killSwitch.say(LIFT);
    await pass(1_000);
    expect([a.killSwitch.state().stopped, b.killSwitch.state().stopped]).toEqual([false, false]);
  });

  it('never lifts a stop by it', async () => {
    const { killSwitch } = await started();
    await killSwitch.say(STOP);
    store.text = '{"epoch":1e300,"stopped":false}';
    await pass(1_000);
    expect(killSwitch.state().stopped).toBe(true);
    expect(store.text).toBe(stopText(killSwitch.state()));
  });

  it('takes no announcement of that kind for a word, and asks the store', async () => {
    const { killSwitch, line } = await started();
    const before = line.reads;
    line.hear('nonsense');
    await settle();
    expect([killSwitch.state().stopped, line.reads]).toEqual([false, before + 1]);
  });
});

describe('given a file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
    path = join(folder, 'stop.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const file = (): StopFile => new StopFile(path, (at, text) => writeFile(at, text));

  it('holds a stop over a restart while the store is away', async () => {
    const first = await started(file());
    await first.killSwitch.say(STOP);
    await first.killSwitch.close();
    const second = replica(file());
    second.line.cut();
    void second.killSwitch.start();
    await waitForState(second.killSwitch, true);
    expect(second.killSwitch.state()).toMatchObject(STOP);
  });

  it('tells an emptied store what the file has kept', async () => {
    await writeFile(path, stopText(state(7, true)));
    await started(file());
    expect(store.text).toBe(stopText(state(7, true)));
  });

  it('takes a file that cannot be read for a stop until the store was read, and says the cure', async () => {
    await writeFile(path, 'torn');
    const { killSwitch, line } = replica(file());
    line.cut();
    void killSwitch.start();
    await waitForState(killSwitch, true);
    expect(killSwitch.hearing().problems.join()).toMatch(
      /stop file .*neither stop nor lift.*let this process/,
    );
    line.mend();
    await settle();
    expect([killSwitch.state().stopped, store.text]).toEqual([false, undefined]);
  });

  it('keeps the last of many words, and stops all the same when the file cannot be written', async () => {
    const { killSwitch } = await started(file());
    for (let turn = 0; turn < 5; turn++) await Promise.all([killSwitch.say(STOP), killSwitch.say(LIFT)]);
    await killSwitch.say(STOP);
    expect(readStopText(await readFile(path, 'utf8'))).toEqual(killSwitch.state());

    const full = new StopFile(path, () => Promise.reject(new Error('ENOSPC')));
    const other = await started(full);
    await other.killSwitch.say(LIFT);
    await other.killSwitch.say(STOP);
    expect(other.killSwitch.state().stopped).toBe(true);
    expect(other.killSwitch.hearing().problems).toEqual([expect.stringMatching(/ENOSPC/)]);
  });
});

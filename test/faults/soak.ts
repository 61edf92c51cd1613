import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../src/service/simulator/random.js';
import { FAULTS, type FaultName } from './faults.js';
import { MemoryWatch } from './memory-watch.js';
import { balanced, startScene, type Scene } from './scene.js';

// npm run soak -- --minutes N [--seed S] [--users N]: faults at random, and books that must balance at the end.

/** Faults of one lane never overlap; those of two lanes do. */
const LANES: readonly (readonly FaultName[])[] = [
  [
    'redisKilled',
    'redisEmptied',
    'redisFrozen',
    'linkReset',
    'linkSwallowed',
    'linkSlow',
    'linkVerySlow',
    'clientsKilled',
    'outputBufferFull',
    'bigMessage',
  ],
  ['publisherRestarted', 'presenceRefused'],
];

/** After the last fault: the quiet before users return to Redis, doubled by breaks that follow each other closely, and 45 s of presence. */
const RECOVERY_MS = 400_000;
const REMEMBERED_MS = 180_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, users: { type: 'string' } },
});
const minutes = wholeOr(values.minutes, 10, 'minutes');
const seed = wholeOr(values.seed, Math.floor(Math.random() * 1_000_000), 'seed');
const users = wholeOr(values.users, 60, 'users');

const crashes: string[] = [];
for (const name of ['unhandledRejection', 'uncaughtException'])
  process.on(name, (error: unknown) => {
    crashes.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  });

say(`soak: ${minutes} minutes, seed ${seed}, ${users} users, every third of them complete, the others live`);
process.exitCode = (await soak()) ? 0 : 1;

async function soak(): Promise<boolean> {
  const scene = await startScene({ stage: 'mixed', users, seed });
  const memory = new MemoryWatch();
  const housekeeping = setInterval(() => {
    scene.books.forgetBefore(Date.now() - REMEMBERED_MS);
    memory.sample();
  }, 5_000);
  try {
    const untilMs = performance.now() + minutes * 60_000;
    await Promise.all(LANES.map((_, lane) => breakThings(scene, lane, untilMs)));
    clearInterval(housekeeping);
    const problem = await problemOf(scene);
    say(`soak: ${JSON.stringify(scene.books.sums())}`);
    say(`soak: heap ${memory.report()}`);
    for (const crash of crashes) say(`soak: crash: ${crash}`);
    if (problem !== undefined) say(`soak: ${problem}`);
    const isGood = problem === undefined && crashes.length === 0 && memory.isFlat;
    say(`soak: ${isGood ? 'the books balance, and memory is flat' : 'FAILED'}; seed ${seed}`);
    return isGood;
  } finally {
    clearInterval(housekeeping);
    await scene.stop();
  }
}

async function breakThings(scene: Scene, lane: number, untilMs: number): Promise<void> {
  const random = seededRandom(seed, `lane ${lane}`);
  const faults = LANES[lane] ?? [];
  for (;;) {
    const restMs = random.between(2_000, 20_000);
    const fault = faults[random.between(0, faults.length - 1)];
    const lastsMs = random.between(100, 8_000);
    if (fault === undefined || performance.now() + restMs + lastsMs > untilMs) break;
    await pause(restMs);
    say(`${clock()} ${fault} for ${lastsMs} ms`);
    const heal = await FAULTS[fault](scene);
    await pause(lastsMs);
    await heal();
  }
  await pause(Math.max(0, untilMs - performance.now()));
}

async function problemOf(scene: Scene): Promise<string | undefined> {
  try {
    await balanced(scene, RECOVERY_MS);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wholeOr(text: string | undefined, otherwise: number, name: string): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Error(`--${name} is ${text}: give a whole number.`);
}

function clock(): string {
  return new Date().toISOString().slice(11, 19);
}

function say(line: string): void {
  console.log(line);
}

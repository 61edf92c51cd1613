// Measures Crossfade beside what it is made of, and prints the table of docs/performance.md.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { comparisonRows } from './comparison-rows.js';
import { delayRows } from './delay-rows.js';
import { growthRows } from './growth-rows.js';
import { heapRows } from './heap-rows.js';
import { moveRows } from './move-rows.js';
import type { Row } from './row.js';
import { servedRows } from './served-rows.js';
import { shadowRows } from './shadow-rows.js';
import { startRows } from './start-rows.js';
import { tableOf } from './table.js';
import { World } from './world.js';

const FAMILIES: Readonly<Record<string, (world: World) => Promise<Row[]>>> = {
  served: servedRows,
  shadow: shadowRows,
  delay: delayRows,
  moves: moveRows,
  heap: heapRows,
  comparison: comparisonRows,
  growth: growthRows,
  start: startRows,
};

/** 50,000 a second cost ioredis alone about what the contract measured. */
const SIZE = { messages: 100_000, perSecond: 50_000, pairs: 20_000 };

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'test/bench/results/latest.json' },
    only: { type: 'string', default: Object.keys(FAMILIES).join(',') },
    rounds: { type: 'string', default: '5' },
  },
});

function load(): string {
  return loadavg()
    .map((each) => each.toFixed(2))
    .join(' ');
}

const CPU = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;
const loadBefore = load();
const rows: Row[] = [];

/** After each family, so that an end in the middle loses only the rest. */
async function keep(): Promise<void> {
  const machine = {
    node: process.version,
    cpu: CPU,
    load: { before: loadBefore, after: load() },
    at: new Date().toISOString(),
  };
  await mkdir(dirname(values.out), { recursive: true });
  await writeFile(values.out, JSON.stringify({ machine, rows }, undefined, 2));
}

for (const name of values.only.split(',')) {
  const family = FAMILIES[name];
  if (family === undefined) throw new Error(`No ${name}: --only takes ${Object.keys(FAMILIES).join(',')}.`);
  const world = await World.start({ ...SIZE, rounds: Number(values.rounds) });
  try {
    rows.push(...(await family(world)));
  } finally {
    await world.stop();
  }
  await keep();
  console.error(`${name} done, load ${load()}`);
}
console.log(tableOf(rows));
console.log(`\nNode ${process.version}, ${CPU}, load ${loadBefore} before and ${load()} after.`);

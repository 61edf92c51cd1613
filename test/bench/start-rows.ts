import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spreadOf } from './figures.js';
import type { Row } from './row.js';
import type { Cost } from './subscriber.js';
import { alternating, type World } from './world.js';

const APP = fileURLToPath(new URL('./start-app.js', import.meta.url));

/** A start is short, and no two take the same. */
const TIMES_AS_MANY_ROUNDS = 3;

/** How much later an application is there that embeds the module, as built; each in a fresh process. */
export async function startRows(world: World): Promise<Row[]> {
  const starts = ['bare', 'local', 'legacy'].map((mode) => async (): Promise<Cost> => {
    const child = fork(APP, [mode, String(world.port)], { env: { ...process.env, NODE_OPTIONS: '' } });
    const [cost] = (await once(child, 'message')) as [Cost];
    child.disconnect();
    await once(child, 'exit');
    return cost;
  });
  const [bare = [], local = [], legacy = []] = await alternating(
    world.size.rounds * TIMES_AS_MANY_ROUNDS,
    starts,
    false,
  );
  return [
    row('start of the embedded module, mode `local`', 150, local, bare),
    row('start of the embedded module, mode `legacy`', 20, legacy, bare),
  ];
}

/** Time, since that is what a start is waited for; the CPU beside it counts the compiler's and the collector's threads. */
function row(what: string, atMost: number, costs: readonly Cost[], bare: readonly Cost[]): Row {
  const more = (pick: keyof Cost): number[] =>
    costs.map((cost, round) => cost[pick] - (bare[round]?.[pick] ?? NaN));
  const cpu = spreadOf(more('cpuMs')).median.toFixed(0);
  const whole = spreadOf(bare.map(({ wallMs }) => wallMs)).median.toFixed(0);
  return {
    name: what,
    what: `${what}: time more`,
    beside: 'a bare Nest application',
    unit: 'ms',
    goal: { atMost },
    rounds: more('wallMs'),
    note: `${cpu} ms of CPU more; the bare one takes ${whole} ms`,
  };
}

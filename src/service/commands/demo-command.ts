import { Command } from 'commander';
import { runDemo, type DemoOutcome } from '../demo/run-demo.js';
import { whole } from './whole.js';

interface DemoFlags {
  readonly seconds?: number;
  readonly users: number;
  readonly rate: number;
  readonly compare: number;
  readonly serve: number;
  readonly fault: string;
  readonly seed?: number;
  readonly port: number;
}

/** `crossfade demo`: Redis, backend and simulator in one process, and a line a second. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('run Redis, a backend and a simulated outside world, and watch parity')
    .option('--seconds <n>', 'stop after n seconds (default: until Ctrl-C)', whole(1, 86_400))
    .option('--users <n>', 'how many users look at a screen', whole(1, 20_000), 200)
    .option('--rate <n>', 'changes per second over all users', whole(1, 5_000), 80)
    .option('--compare <percent>', 'users of flag crossfade-compare', whole(0, 100), 100)
    .option('--serve <percent>', 'users of flag crossfade-serve', whole(0, 100), 25)
    .option('--fault <faults>', 'such as drop=5% or delay=2000ms@10%; off for none', 'off')
    .option('--seed <n>', 'repeat a run', whole(0, 2 ** 31))
    .option('--port <n>', 'of the page; 0 is any free one', whole(0, 65_535), 3000)
    .action(async (flags: DemoFlags) => {
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => {
          stop.abort();
        });
      }
      const { seconds, users, rate, compare, serve, fault, seed, port } = flags;
      const outcome = await runDemo({
        seconds,
        users,
        changesPerSecond: rate,
        percents: { compare, serve },
        faults: fault,
        seed,
        port,
        env: process.env,
        stop: stop.signal,
        colours: process.stdout.isTTY && !process.env['NO_COLOR'],
        say: (line) => {
          console.log(line);
        },
      });
      const isFaultless = fault === 'off' && outcome.counts.faults.length === 0;
      if (seconds !== undefined && isFaultless) process.exitCode = exitCodeOf(outcome, compare, serve);
    });
}

/** 0 where each source that the flags ask for delivered, and what was compared agreed; else 1. */
function exitCodeOf(outcome: DemoOutcome, compare: number, serve: number): number {
  const delivered =
    (serve === 100 || outcome.deliveredLegacy > 0) && (serve === 0 || outcome.deliveredRedis > 0);
  const agreed = compare === 0 || (outcome.parity ?? 0) > 0.999;
  return delivered && agreed ? 0 : 1;
}

import { startChildModule, type ChildModule } from './child-module.js';
import type { FaultRow } from './fault-row.js';

export const PROCESS_ROWS: readonly FaultRow[] = [
  {
    fault: 'the process frozen for 10 s (SIGSTOP)',
    words: {
      live: {
        user: 'nothing for 10 s, then what both sources said meanwhile, each once',
        metrics: 'a `frozen` or `link` gap per topic from before the freeze',
      },
      complete: {
        user: 'nothing for 10 s, then what Redis had kept for the socket, and each list re-read',
        metrics: 'a `frozen` or `link` gap per topic from before the freeze',
      },
    },
    apply: ({ module }) => {
      const { process: child } = module as ChildModule;
      child.kill('SIGSTOP');
      return () => {
        child.kill('SIGCONT');
      };
    },
    lastsMs: 10_000,
    briskMs: 3_000,
    scene: { start: startChildModule },
    atMostMs: { well: 30_000 },
  },
];

import { Command } from 'commander';
import type { Settings } from '../../index.js';
import { baseUrls } from './base-url.js';
import { settingsFromEnvironment } from './environment.js';
import { EXIT_CODES } from './exit-codes.js';
import { flagsSection } from './flags-section.js';
import { rolloutSection } from './rollout-section.js';
import type { StatusSection } from './status-section.js';
import { stopSection } from './stop-section.js';

interface Asked {
  readonly replica: readonly string[];
  readonly json?: boolean;
}

const SECTIONS: readonly ((settings: Settings, replicas: readonly string[]) => Promise<StatusSection>)[] = [
  flagsSection,
  stopSection,
  rolloutSection,
];

/** `crossfade status [--replica URL…] [--json]`: exit code 1 where anything is not as it should be. */
export function statusCommand(): Command {
  return new Command('status')
    .description('say how flags, replicas, stop and rollout stand, and what is wrong, with the cure')
    .option('--replica <url>', 'base URL of a running replica; may be given several times', baseUrls, [])
    .option('--json', 'print one JSON object')
    .action(async ({ replica, json }: Asked) => {
      const settings = settingsFromEnvironment();
      const sections = await Promise.all(SECTIONS.map((section) => section(settings, replica)));
      const problems = sections.flatMap((section) => section.problems);
      if (json === true)
        console.log(
          JSON.stringify({
            ...Object.fromEntries(sections.map(({ name, value }) => [name, value])),
            problems,
          }),
        );
      else {
        for (const line of sections.flatMap(({ lines }) => lines)) console.log(line);
        for (const problem of problems) console.error(`problem: ${problem}`);
      }
      process.exitCode = problems.length === 0 ? EXIT_CODES.done : EXIT_CODES.failed;
    });
}

import { CrossfadeError } from './index.js';
import { readEnvironment } from './service/read-environment.js';
import { runProcess } from './service/run-process.js';

/** A process of its own, in the role that CROSSFADE_ROLE names: everything it needs comes from the environment. */
async function main(): Promise<void> {
  await runProcess(await readEnvironment());
}

main().catch((error: unknown) => {
  console.error(error instanceof CrossfadeError ? error.message : error);
  process.exit(1);
});

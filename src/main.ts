import { ConfigService } from '@nestjs/config';
import { CrossfadeError, type Settings } from './index.js';
import { BackendModule } from './service/backend/backend.module.js';
import { createBackend } from './service/backend/create-backend.js';

/** The reference backend as a process of its own: everything it needs comes from the environment. */
async function main(): Promise<void> {
  const backend = await createBackend(BackendModule.configured());
  backend.app.enableShutdownHooks();
  const { mode, http, warnings } = backend.app.get(ConfigService).getOrThrow<Settings>('crossfade');
  for (const warning of warnings) console.warn(`warning: ${warning}`);
  console.log(`Crossfade backend, mode ${mode}: ${await backend.listen(http)}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof CrossfadeError ? error.message : error);
  process.exit(1);
});

import type { Settings } from '../index.js';
import { BackendModule } from './backend/backend.module.js';
import { createBackend, type Backend } from './backend/create-backend.js';
import { createGateway } from './gateway/create-gateway.js';
import { GatewayModule } from './gateway/gateway.module.js';

const ROLES: Readonly<Record<Settings['role'], (settings: Settings) => Promise<Backend>>> = {
  backend: async () => createBackend(await BackendModule.configured()),
  gateway: (settings) => createGateway(GatewayModule.configured(settings)),
};

/** Runs as the process that the settings ask for, until a signal ends it; resolves when it listens. */
export async function runProcess(settings: Settings): Promise<void> {
  const { mode, role, http, warnings } = settings;
  const process = await ROLES[role](settings);
  // An orderly end is no failure: 0, not the number of the signal.
  process.app.enableShutdownHooks(['SIGINT', 'SIGTERM', 'SIGHUP'], { useProcessExit: true });
  for (const warning of warnings) console.warn(`warning: ${warning}`);
  console.log(`Crossfade ${role}, mode ${mode}: ${await process.listen(http)}`);
}

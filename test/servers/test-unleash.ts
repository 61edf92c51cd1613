import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../src/service/servers/free-port.js';
import type { Program, Say } from '../../src/service/servers/program.js';
import type { RunningServer } from '../../src/service/servers/running-server.js';
import { startServer } from '../../src/service/servers/start-server.js';

/** A real Unleash server of a test's own, with project `default` and environment `development`. */
export interface TestUnleash {
  /** the API's base */
  readonly url: string;
  readonly adminToken: string;
  readonly backendToken: string;
  /** may be killed and restarted: the flags stay in its database */
  readonly server: RunningServer;
  stop(): Promise<void>;
}

const HOME = join(process.cwd(), 'test', 'servers', 'unleash');
const MODULES = join(HOME, 'node_modules');
const ADMIN_TOKEN = '*:*.crossfade-tests-admin';
const BACKEND_TOKEN = 'default:development.crossfade-tests-backend';

const program = (name: string): Program => ({
  name,
  commands: ['node'],
  packages: [],
  services: [],
  cures: [`Look at the package in ${HOME}: npm ci there must succeed.`],
});

/**
 * Starts Unleash on a PostgreSQL: the one that CROSSFADE_TEST_POSTGRES_URL names (an empty database), else
 * one from npm that lives in memory. Installs its package first where that was never done (a minute).
 */
export async function startTestUnleash(say: Say = () => undefined): Promise<TestUnleash> {
  await install(say);
  const database = await startDatabase(say);
  try {
    const port = await freePort();
    const server = await startServer({
      program: program('Unleash'),
      found: { command: process.execPath, origin: 'path' },
      args: () => [join(MODULES, 'unleash-server', 'dist', 'server.js')],
      answers: async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok,
      env: { ...process.env, ...settings(database.url, port) },
      port,
      readyWithinMs: 60_000,
      say,
    });
    return {
      url: `http://127.0.0.1:${port}/api`,
      adminToken: ADMIN_TOKEN,
      backendToken: BACKEND_TOKEN,
      server,
      stop: async () => {
        await server.stop();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

function settings(databaseUrl: string, port: number): NodeJS.ProcessEnv {
  return {
    DATABASE_URL: databaseUrl,
    DATABASE_SSL: 'false',
    // PGlite has one session: two connections at once lose each other's prepared statements, and Unleash ends.
    DATABASE_POOL_MAX: '1',
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(port),
    INIT_ADMIN_API_TOKENS: ADMIN_TOKEN,
    INIT_BACKEND_API_TOKENS: BACKEND_TOKEN,
    CHECK_VERSION: 'false',
    SEND_TELEMETRY: 'false',
    SCARF_ANALYTICS: 'false',
    NODE_ENV: 'production',
    NODE_OPTIONS: '',
    TZ: 'UTC',
  };
}

async function startDatabase(say: Say): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const named = process.env['CROSSFADE_TEST_POSTGRES_URL'];
  if (named !== undefined && named !== '') {
    say('PostgreSQL: using the one that CROSSFADE_TEST_POSTGRES_URL names.');
    return { url: named, stop: () => Promise.resolve() };
  }
  const script = join(MODULES, '@electric-sql', 'pglite-socket', 'dist', 'scripts', 'server.js');
  const server = await startServer({
    program: program('PGlite'),
    found: { command: process.execPath, origin: 'path' },
    args: (port) => [script, '--db=memory://', '--host=127.0.0.1', `--port=${port}`, '-m', '20'],
    answers: listens,
    env: { ...process.env, NODE_OPTIONS: '' },
    readyWithinMs: 60_000,
    say,
  });
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${server.port}/postgres`,
    stop: () => server.stop(),
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** npm writes this file last: where it is, the installation is whole. */
const isInstalled = (): boolean => existsSync(join(MODULES, '.package-lock.json'));

async function install(say: Say): Promise<void> {
  if (isInstalled()) return;
  const lock = join(HOME, 'installing');
  const untilMs = performance.now() + 600_000;
  while (!(await taken(lock))) {
    if (performance.now() > untilMs) throw new Error(`Another process has held ${lock} too long: remove it.`);
    await pause(200);
  }
  try {
    if (isInstalled()) return;
    say(`Unleash: installing its package in ${HOME}; this can take a minute.`);
    await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: HOME,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** Two test processes must not install at once; a lock older than ten minutes was left behind. */
async function taken(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch {
    const seen = await stat(lock).catch(() => undefined);
    if (seen !== undefined && Date.now() - seen.mtimeMs > 600_000)
      await rm(lock, { recursive: true, force: true });
    return false;
  }
}

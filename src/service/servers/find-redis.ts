import type { RedisOptions } from 'ioredis';
import { findProgram, type FindProgramOptions } from './find-program.js';
import { ServerUnavailable, type Program } from './program.js';
import { redisAnswer } from './redis-answer.js';
import type { RunningServer } from './running-server.js';
import { startServer } from './start-server.js';

/** How a Redis that we start ourselves shall be; what the environment names is taken as it is. */
export interface RedisWish {
  /** put last on the command line, such as `['--maxmemory', '64mb']` or `['--aclfile', path]` */
  readonly args?: readonly string[];
  /** speak TLS and nothing else, with these PEM files; clients need no certificate */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
  /** default: a free one */
  readonly port?: number;
}

const REDIS: Program = {
  name: 'Redis',
  commands: ['valkey-server', 'redis-server'],
  packages: ['redis-server'],
  services: ['redis-server'],
  cures: [
    'Install one: apt-get install redis-server, dnf install valkey, or brew install redis.',
    'Or name one that runs: LISTENERS_REDIS_HOST=127.0.0.1 LISTENERS_REDIS_PORT=6379 (docker run --rm -p 6379:6379 valkey/valkey:8 gives one).',
  ],
};

/**
 * Finds a Redis: the one that the environment names, else one started from the PATH, else one installed
 * and started. Says each step aloud.
 * @throws ServerUnavailable with the cures; also where the one that the environment names does not answer
 */
export async function findRedis(options: FindProgramOptions, wish: RedisWish = {}): Promise<RunningServer> {
  return (await namedRedis(options)) ?? startRedis(options, wish);
}

/** Starts a Redis of our own, whatever the environment names. @throws ServerUnavailable with the cures */
export async function startRedis(options: FindProgramOptions, wish: RedisWish = {}): Promise<RunningServer> {
  const { env, say } = options;
  const found = await findProgram(REDIS, options);
  const tls = wish.tls === undefined ? {} : { tls: { rejectUnauthorized: false } };
  return startServer({
    program: REDIS,
    found,
    env,
    say,
    port: wish.port,
    args: (port, folder) => redisArgs(port, folder, wish),
    answers: async (port, pid) => {
      const answer = await redisAnswer({ host: '127.0.0.1', port, ...tls });
      return answer.pid === undefined || answer.pid === pid;
    },
  });
}

function redisArgs(port: number, folder: string, { tls, args = [] }: RedisWish): string[] {
  const listen =
    tls === undefined
      ? ['--port', String(port)]
      : ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'].concat([
          '--tls-cert-file',
          tls.cert,
          '--tls-key-file',
          tls.key,
          '--tls-ca-cert-file',
          tls.ca,
        ]);
  const traceless = ['--save', '', '--appendonly', 'no', '--dir', folder, '--daemonize', 'no'];
  return ['--bind', '127.0.0.1', ...listen, ...traceless, ...args];
}

async function namedRedis({ env, say }: FindProgramOptions): Promise<RunningServer | undefined> {
  const { LISTENERS_REDIS_HOST: namedHost, LISTENERS_REDIS_PORT: namedPort } = env;
  if (!namedHost && !namedPort) {
    say('Redis: the environment names none (LISTENERS_REDIS_HOST, LISTENERS_REDIS_PORT).');
    return undefined;
  }
  const host = namedHost === undefined || namedHost === '' ? '127.0.0.1' : namedHost;
  const port = namedPort === undefined || namedPort === '' ? 6379 : Number(namedPort);
  const cures = [
    'Start it, correct LISTENERS_REDIS_HOST and LISTENERS_REDIS_PORT, or unset both to have one started.',
  ];
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ServerUnavailable(`LISTENERS_REDIS_PORT is no port (1 to 65535).`, cures);
  }
  say(`Redis: using ${host}:${port}, which the environment names.`);
  try {
    await redisAnswer({ host, port, ...securityOf(env) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ServerUnavailable(
      `Redis at ${host}:${port}, which the environment names, does not answer: ${why}`,
      cures,
    );
  }
  const notOurs = () =>
    Promise.reject(new Error(`Redis at ${host}:${port} was not started here: it is not ours to end.`));
  return {
    host,
    port,
    origin: 'environment',
    startedByUs: false,
    pid: undefined,
    kill: notOurs,
    restart: notOurs,
    stop: () => Promise.resolve(),
  };
}

function securityOf(env: NodeJS.ProcessEnv): RedisOptions {
  const {
    LISTENERS_REDIS_PASSWORD: password,
    LISTENERS_REDIS_TLS: tls,
    LISTENERS_REDIS_TLS_VERIFY: verify,
  } = env;
  return {
    ...(password ? { password } : {}),
    ...(isYes(tls)
      ? { tls: { rejectUnauthorized: verify === undefined || verify === '' || isYes(verify) } }
      : {}),
  };
}

function isYes(value: string | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(value ?? '');
}

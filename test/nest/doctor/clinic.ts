import { createServer, type RequestListener, type Server } from 'node:http';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { startSimulator, type Simulator } from '../../../src/service/simulator/start-simulator.js';
import { freePort } from '../../../src/service/servers/free-port.js';
import type { RunningServer } from '../../../src/service/servers/running-server.js';
import { FakeUnleash } from '../../fakes/fake-unleash.js';
import { compareOf, featuresOf, serveOf } from '../../flags/make-flags.js';
import { TestCertificates } from '../../servers/test-certificates.js';
import { startTestPrometheus } from '../../servers/test-prometheus.js';
import { startTestRedis, type TestRedis } from '../../servers/test-redis.js';
import { waitFor } from '../../wait-for.js';

/** Must never be shown by a doctor. */
export const SECRETS = {
  password: 'hunter2-hunter2',
  wrong: 'hunter3-hunter3',
  token: 'default:development.secret-of-a-test',
  admin: '*:*.admin-secret-of-a-test',
} as const;

/** Real servers, all well, for a doctor to look at and for a test to make ill. */
export interface Clinic {
  /** plain, and with TLS under the name localhost */
  readonly redis: TestRedis;
  readonly tlsPort: number;
  readonly certificates: TestCertificates;
  /** another one, that nobody publishes to but `simulators.elsewhere` */
  readonly other: TestRedis;
  /** asks for a password */
  readonly locked: TestRedis;
  readonly replica: TestRedis;
  readonly simulators: {
    readonly well: Simulator;
    readonly otherPrefix: Simulator;
    readonly elsewhere: Simulator;
    readonly deaf: Simulator;
  };
  readonly unleash: FakeUnleash;
  readonly prometheus: RunningServer;
  /** one whose only target is away, and one whose only target says nothing of Crossfade */
  readonly illPrometheus: { readonly unanswered: RunningServer; readonly empty: RunningServer };
  /** the environment in which all is well */
  readonly env: Readonly<Record<string, string>>;
  /** A server of HTTP that ends with the clinic. */
  http(listener: RequestListener): Promise<string>;
  /** A TCP server before others that gives the n-th connection to the n-th port, and begins anew. */
  spread(ports: readonly number[]): Promise<number>;
  close(): Promise<void>;
}

/** Unleash as an ill server would be, from its features or its manner. */
export async function unleashLike(change: Partial<FakeUnleash>): Promise<FakeUnleash> {
  const unleash = await new FakeUnleash(
    featuresOf({ compare: compareOf('25'), serve: serveOf('5') }),
  ).start();
  return Object.assign(unleash, change);
}

const SETTLED = 'crossfade_users{stage="legacy"} 1\n';

export async function openClinic(): Promise<Clinic> {
  const closing: (() => unknown)[] = [];
  const certificates = await TestCertificates.make();
  const tlsPort = await freePort();
  const { cert, key } = await certificates.sign(['DNS:localhost', 'IP:127.0.0.1'], 400);
  const tls = [
    '--tls-port',
    `${tlsPort}`,
    '--tls-auth-clients',
    'no',
    '--tls-ca-cert-file',
    certificates.caFile,
  ];
  const redis = await startTestRedis({
    allowsEverything: true,
    args: [...tls, '--tls-cert-file', cert, '--tls-key-file', key],
  });
  const [other, locked, replica] = await Promise.all([
    startTestRedis({ allowsEverything: true }),
    startTestRedis({ allowsEverything: true }),
    startTestRedis({ allowsEverything: true, args: ['--replicaof', '127.0.0.1', String(redis.server.port)] }),
  ]);
  await locked.client.call('CONFIG', 'SET', 'requirepass', SECRETS.password);
  await makeUsers(redis);
  const simulators = await startSimulators(redis, other);
  const http = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener);
    closing.push(() => endServer(server));
    return `http://127.0.0.1:${await listen(server)}`;
  };
  const target = await http((request, response) => {
    response.end(request.url === '/metrics' ? SETTLED : '');
  });
  const stranger = await http((_, response) => response.end('other_metric 1\n'));
  const [prometheus, unanswered, empty] = await Promise.all([
    startTestPrometheus([new URL(target).host]),
    startTestPrometheus([`127.0.0.1:${await freePort()}`]),
    startTestPrometheus([new URL(stranger).host]),
  ]);
  const unleash = await unleashLike({});
  for (const [server, word] of [
    [prometheus, 'crossfade_users'],
    [unanswered, 'up'],
    [empty, 'other_metric'],
  ] as const)
    await waitFor('Prometheus has scraped', async () => knows(server.port, word), 20_000);
  return {
    ...{ redis, tlsPort, certificates, other, locked, replica, simulators, unleash, prometheus, http },
    illPrometheus: { unanswered, empty },
    env: {
      LISTENERS_MODE: 'local',
      LISTENERS_REDIS_PORT: String(redis.server.port),
      LISTENERS_SERVICE_URL: simulators.well.url,
      CROSSFADE_UNLEASH_URL: unleash.url,
      CROSSFADE_UNLEASH_TOKEN: SECRETS.token,
      CROSSFADE_PROMETHEUS_URL: `http://127.0.0.1:${prometheus.port}`,
    },
    spread: async (ports) => {
      const server = spreading(ports);
      closing.push(() => new Promise((resolve) => server.close(resolve)));
      return listen(server);
    },
    close: async () => {
      for (const simulator of Object.values(simulators)) await simulator.stop();
      for (const close of closing) await close();
      await Promise.all([redis, other, locked, replica].map((each) => each.stop()));
      await Promise.all([prometheus, unanswered, empty, unleash].map((each) => each.stop()));
      await certificates.remove();
    },
  };
}

/** Users of Redis, each with something that it may not do. */
async function makeUsers({ client }: TestRedis): Promise<void> {
  const may = async (name: string, ...rules: string[]): Promise<void> => {
    await client.call('ACL', 'SETUSER', name, 'on', `>${SECRETS.password}`, '~*', '&*', '+@all', ...rules);
  };
  await may('anyone');
  await may('no-subscribe', '-subscribe');
  await may('own-channels', 'resetchannels', '&other:*');
  await may('user-channels', 'resetchannels', '&user:*', '&chat:*');
  await may('no-eval', '-eval');
  await may('no-publish', '-publish');
  await may('own-keys', 'resetkeys', '~other:*');
  await may('no-patterns', '-psubscribe');
  await may('no-ping', '-ping');
}

async function startSimulators(redis: TestRedis, other: TestRedis): Promise<Clinic['simulators']> {
  const one = async (port: number, prefix = 'user:'): Promise<Simulator> =>
    startSimulator({
      redis: { host: '127.0.0.1', port },
      users: 20,
      changesPerSecond: 1,
      prefixes: { user: prefix, chat: 'chat:' },
      say: () => undefined,
    });
  return {
    well: await one(redis.server.port),
    otherPrefix: await one(redis.server.port, 'users:'),
    elsewhere: await one(other.server.port),
    deaf: await one(await freePort()),
  };
}

async function knows(port: number, metric: string): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${metric}`);
  return (await answer.text()).includes('"value"');
}

function spreading(ports: readonly number[]): TcpServer {
  let taken = 0;
  return createTcpServer((client) => {
    const server = connect(ports[taken++ % ports.length] ?? 0, '127.0.0.1');
    for (const socket of [client, server])
      socket
        .on('error', () => undefined)
        .on('close', () => {
          client.destroy();
          server.destroy();
        });
    client.pipe(server).pipe(client);
  });
}

async function listen(server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function endServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}

import { connect } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger, type LoggerService } from '@nestjs/common';
import { Redis } from 'ioredis';
import { startRuntime, type CrossfadeRuntime } from '../../src/nest/crossfade-runtime.js';
import { optionsFromSettings } from '../../src/nest/options-from-settings.js';
import { readSettings } from '../../src/nest/settings.js';
import { InProcessSource } from '../../src/sources/in-process-source.js';
import { startRedis } from '../../src/service/servers/find-redis.js';
import type { RunningServer } from '../../src/service/servers/running-server.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { TestCertificates, type CertificateFiles } from '../servers/test-certificates.js';
import { waitFor } from '../wait-for.js';

let certificates: TestCertificates;
let right: CertificateFiles;
let redis: RunningServer;
let publisher: Redis;
let runtime: CrossfadeRuntime | undefined;
const warned: string[] = [];

beforeAll(async () => {
  certificates = await TestCertificates.make();
  right = await certificates.sign(['DNS:localhost', 'IP:127.0.0.1', 'IP:::1']);
  redis = await startRedis(
    { env: process.env, say: () => undefined },
    {
      tls: { ...right, ca: certificates.caFile },
      args: [
        ...['--bind', '127.0.0.1', '::1'],
        ...['--user', 'backend', 'on', '>correct horse', '~*', '&*', '+@all'],
      ],
    },
  );
  publisher = new Redis({ host: '127.0.0.1', port: redis.port, tls: { rejectUnauthorized: false } });
  const nothing = (): void => undefined;
  const logger = { log: nothing, error: nothing, warn: (line: string) => warned.push(line) };
  Logger.overrideLogger(logger satisfies LoggerService);
});
afterAll(async () => {
  Logger.overrideLogger(['log', 'warn', 'error']);
  publisher.disconnect();
  await redis.stop();
  await certificates.remove();
});
afterEach(async () => {
  await runtime?.close();
  runtime = undefined;
  warned.length = 0;
});

/** Starts with what the environment says, besides the mode and where the Redis is. */
async function start(env: Record<string, string>, port = redis.port): Promise<CrossfadeRuntime> {
  const settings = readSettings({
    LISTENERS_MODE: 'local',
    LISTENERS_REDIS_TLS: 'true',
    LISTENERS_REDIS_HOST: 'localhost',
    LISTENERS_REDIS_PORT: String(port),
    CROSSFADE_FLAGS_FILE: 'none.json',
    ...env,
  });
  runtime = await startRuntime({
    ...optionsFromSettings(settings),
    legacySource: new InProcessSource(),
    flags: { reader: new FakeFlags().set('a', true, true) },
  });
  return runtime;
}

async function hears({ events }: CrossfadeRuntime): Promise<void> {
  const got: string[] = [];
  events.listen('a', ({ source }) => got.push(source));
  await waitFor('served by redis', () => events.servedBy('a') === 'redis', 10_000);
  await publisher.publish('user:a', '{"type": "t", "uid": "a"}');
  await waitFor('it hears', () => got.includes('redis'));
}

async function refusedFor(started: CrossfadeRuntime): Promise<string> {
  await waitFor('the reason', () => started.redis?.problem?.includes('not connected yet') === false);
  return started.redis?.problem ?? '';
}

describe('given a Redis behind TLS', () => {
  it.each(['localhost', '127.0.0.1', '[::1]', '::1'])(
    'is reached at %s with a private authority, an ACL user and a password, and nothing is warned of',
    async (host) => {
      await hears(
        await start({
          LISTENERS_REDIS_HOST: host,
          LISTENERS_REDIS_TLS_CA_FILE: certificates.caFile,
          LISTENERS_REDIS_USERNAME: 'backend',
          LISTENERS_REDIS_PASSWORD: 'correct horse',
        }),
      );
      expect(await publisher.acl('LOG')).toEqual([]);
      expect(warned).toEqual([]);
    },
  );

  it('is not believed where nobody vouches for it', async () => {
    expect(await refusedFor(await start({}))).toMatch(/self-signed|unable to (get|verify)/);
  });

  it('is believed without proof where that is asked for, with a warning at each start of the module', async () => {
    for (let again = 0; again < 2; again++) {
      await hears(await start({ LISTENERS_REDIS_TLS_VERIFY: 'false' }));
      await runtime?.close();
    }
    expect(warned).toHaveLength(2);
    expect(warned[0]).toContain('LISTENERS_REDIS_TLS_VERIFY');
    expect(warned[0]).toContain('LISTENERS_REDIS_TLS_CA_FILE');
  });

  it('says that the password is wrong, and never which one', async () => {
    const problem = await refusedFor(
      await start({
        LISTENERS_REDIS_TLS_CA_FILE: certificates.caFile,
        LISTENERS_REDIS_USERNAME: 'backend',
        LISTENERS_REDIS_PASSWORD: 'battery staple',
      }),
    );
    expect(problem).toContain('WRONGPASS');
    expect(problem).not.toContain('battery');
  });
});

describe('given a server that is somebody else by name', () => {
  /** Speaks TLS with this certificate before the Redis, and writes down the names that clients ask for. */
  async function pose(files: CertificateFiles, asked: string[]): Promise<Server> {
    const server = createServer(
      {
        cert: readFileSync(files.cert),
        key: readFileSync(files.key),
        SNICallback: (name, done) => {
          asked.push(name);
          done(null);
        },
      },
      (client) => {
        const behind = connect(redis.port, redis.host);
        for (const socket of [client, behind]) socket.on('error', () => client.destroy());
        client.on('close', () => behind.destroy());
        client.pipe(behind).pipe(client);
      },
    );
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  it('is refused for its name, which was asked for', async () => {
    const asked: string[] = [];
    const server = await pose(await certificates.sign(['DNS:redis.example.org']), asked);
    try {
      const { port } = server.address() as AddressInfo;
      const problem = await refusedFor(
        await start({ LISTENERS_REDIS_TLS_CA_FILE: certificates.caFile }, port),
      );
      expect(problem).toMatch(/does not match certificate's altnames/);
      expect(new Set(asked)).toEqual(new Set(['localhost']));
    } finally {
      await runtime?.close();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

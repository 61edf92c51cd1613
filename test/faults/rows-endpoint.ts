import dns from 'node:dns';
import { connect, createServer, type LookupFunction, type Server } from 'node:net';
import { freePort } from '../../src/service/servers/free-port.js';
import { TestCertificates, type CertificateFiles } from '../servers/test-certificates.js';
import type { FaultRow, Prepared } from './fault-row.js';
import type { Scene } from './scene.js';
import { LINK_COUNTED, LINK_SEEN } from './seen.js';

const NAME = 'redis.fault.test';
const LIVE = {
  user: 'legacy until it is put right; nothing that both sources carry is lost or doubled',
  metrics: '`crossfade_redis_up` 0; `degraded` says why; a `link` gap per topic',
};
const COMPLETE = {
  user: 'nothing, after 10 s legacy; each list re-read once it is put right',
  metrics: '`crossfade_redis_up` 0; `degraded` says why; a `link` gap per topic; a resync per topic',
};

/** One name in this process stands for another address; every other name is as it was. */
function nameStandsFor(name: string, address: () => string): () => void {
  const { lookup } = dns;
  const ours = ((host, options, callback) => {
    if (host !== name) lookup(host, options, callback);
    else if (options.all === true) callback(null, [{ address: address(), family: 4 }]);
    else callback(null, address(), 4);
  }) satisfies LookupFunction;
  dns.lookup = ours as typeof dns.lookup;
  return () => {
    dns.lookup = lookup;
  };
}

const DNS_ROW: FaultRow = (() => {
  let address = '127.0.0.1';
  let other: Server | undefined;
  return {
    fault: 'DNS name that changes its address',
    words: {
      live: {
        user: 'legacy until the new address answers, then Redis there',
        metrics: 'as with a reset link',
      },
      complete: {
        user: 'a pause until the new address answers, then each list re-read',
        metrics: 'as with a reset link',
      },
    },
    prepare: () => {
      address = '127.0.0.1';
      const restore = nameStandsFor(NAME, () => address);
      return Promise.resolve({
        scene: { endpoint: { host: NAME } },
        remove: async () => {
          restore();
          const server = other;
          if (server !== undefined) await new Promise((resolve) => server.close(resolve));
        },
      });
    },
    apply: async ({ link, redis }: Scene) => {
      link.manner = 'refuse';
      link.reset();
      const { host, port } = redis.server;
      const moved = createServer((client) => {
        const server = connect(port, host);
        for (const socket of [client, server])
          socket.on('error', () => {
            client.destroy();
            server.destroy();
          });
        client.pipe(server).pipe(client);
      });
      other = moved;
      await new Promise<void>((resolve) => moved.listen(link.port, '127.0.0.2', resolve));
      return () => {
        address = '127.0.0.2';
      };
    },
    lastsMs: 1_000,
    isNoticed: LINK_SEEN,
    counted: LINK_COUNTED,
    atMostMs: { noticed: 1_000, well: 20_000 },
  };
})();

let foreign: TestCertificates | undefined;

/** A Redis that also speaks TLS, whose certificate is changed for another one, as when one is renewed wrongly. */
function certificateRow(
  fault: string,
  wrong: (own: TestCertificates) => Promise<CertificateFiles>,
): FaultRow {
  let certificates: TestCertificates;
  let right: CertificateFiles;
  let bad: CertificateFiles;
  const present = async ({ redis, link }: Scene, { cert, key }: CertificateFiles): Promise<void> => {
    await redis.client.call('CONFIG', 'SET', 'tls-cert-file', cert, 'tls-key-file', key);
    link.reset();
  };
  return {
    fault,
    words: { live: LIVE, complete: COMPLETE },
    prepare: async (): Promise<Prepared> => {
      certificates = await TestCertificates.make();
      right = await certificates.sign([`DNS:${NAME}`]);
      bad = await wrong(certificates);
      const port = await freePort();
      const tls = [
        '--tls-port',
        String(port),
        '--tls-auth-clients',
        'no',
        '--tls-ca-cert-file',
        certificates.caFile,
      ];
      const restore = nameStandsFor(NAME, () => '127.0.0.1');
      return {
        scene: {
          redis: { args: [...tls, '--tls-cert-file', right.cert, '--tls-key-file', right.key] },
          redisPort: port,
          endpoint: { host: NAME, tls: { verify: true, ca: await certificates.ca() } },
        },
        remove: async () => {
          restore();
          await certificates.remove();
          await foreign?.remove();
        },
      };
    },
    apply: async (scene) => {
      await present(scene, bad);
      return () => present(scene, right);
    },
    lastsMs: 2_000,
    isNoticed: LINK_SEEN,
    counted: LINK_COUNTED,
    atMostMs: { noticed: 2_000, well: 20_000 },
  };
}

const PASSWORD_ROW: FaultRow = {
  fault: 'wrong password',
  words: { live: LIVE, complete: COMPLETE },
  scene: {
    redis: { args: ['--user', 'backend', 'on', '>right', 'allchannels', 'allkeys', '+@all'] },
    endpoint: { username: 'backend', password: 'right' },
  },
  apply: async ({ redis, link }) => {
    const setPassword = (password: string) =>
      redis.client.acl('SETUSER', 'backend', 'resetpass', `>${password}`);
    await setPassword('other');
    link.reset();
    return async () => {
      await setPassword('right');
    };
  },
  lastsMs: 2_000,
  isNoticed: LINK_SEEN,
  counted: LINK_COUNTED,
  atMostMs: { noticed: 1_000, well: 20_000 },
};

export const ENDPOINT_ROWS: readonly FaultRow[] = [
  PASSWORD_ROW,
  certificateRow('TLS with a wrong CA', async () => {
    const others = await TestCertificates.make();
    foreign = others;
    return others.sign([`DNS:${NAME}`]);
  }),
  certificateRow('TLS with a wrong name', (own) => own.sign(['DNS:elsewhere.test'])),
  certificateRow('TLS with an expired certificate', (own) => own.sign([`DNS:${NAME}`], -1)),
  DNS_ROW,
];

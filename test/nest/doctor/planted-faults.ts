import type { CheckpointName, CheckpointReport } from '../../../src/nest/doctor/checkpoint.js';
import type { FirestorePort } from '../../../src/resync/firestore-port.js';
import { freePort } from '../../../src/service/servers/free-port.js';
import { canariesOf, compareOf, featuresOf, rolloutOf, serveOf } from '../../flags/make-flags.js';
import { TcpProxy } from '../../servers/tcp-proxy.js';
import { TestCertificates } from '../../servers/test-certificates.js';
import { startTestRedis } from '../../servers/test-redis.js';
import { SECRETS, unleashLike, type Clinic } from './clinic.js';

/** What is done to a world in which all is well. */
export interface Planting {
  /** settings beside those of the clinic; an empty one is not set */
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly firestore?: FirestorePort;
  /** done between two checkpoints */
  readonly after?: (report: CheckpointReport) => void;
  readonly undo?: () => unknown;
}

/** One fault: how it is planted, and what a doctor must say. */
export interface PlantedFault {
  readonly fault: string;
  readonly plant: (clinic: Clinic) => Planting | Promise<Planting>;
  readonly checkpoint: CheckpointName;
  readonly mark: 'warning' | 'fault';
  readonly says: RegExp;
  readonly cure: RegExp;
}

const withUser = (username: string): Planting => ({
  env: { LISTENERS_REDIS_USERNAME: username, LISTENERS_REDIS_PASSWORD: SECRETS.password },
});

const overTls = (clinic: Clinic, more: Record<string, string> = {}): Record<string, string> => ({
  LISTENERS_REDIS_HOST: 'localhost',
  LISTENERS_REDIS_PORT: String(clinic.tlsPort),
  LISTENERS_REDIS_TLS: 'true',
  LISTENERS_REDIS_TLS_CA_FILE: clinic.certificates.caFile,
  ...more,
});

/** A Redis of its own whose certificate is wrong. */
async function withCertificate(clinic: Clinic, names: readonly string[], days: number): Promise<Planting> {
  const { cert, key } = await clinic.certificates.sign(names, days);
  const redis = await startTestRedis({
    allowsEverything: true,
    tls: { cert, key, ca: clinic.certificates.caFile },
  });
  return {
    env: overTls(clinic, { LISTENERS_REDIS_PORT: String(redis.server.port) }),
    undo: () => redis.stop(),
  };
}

const SETTINGS: readonly PlantedFault[] = [
  {
    fault: 'a port that is no number',
    plant: () => ({ env: { LISTENERS_REDIS_PORT: 'abc' } }),
    ...{ checkpoint: 'settings', mark: 'fault' },
    says: /^LISTENERS_REDIS_PORT is not a whole number/,
    cure: /^Write one, such as 6379/,
  },
  {
    fault: 'flags in two places',
    plant: () => ({ env: { CROSSFADE_FLAGS_FILE: 'flags.json' } }),
    ...{ checkpoint: 'settings', mark: 'fault' },
    says: /CROSSFADE_FLAGS_FILE are both set/,
    cure: /^Remove one/,
  },
  {
    fault: 'a variable that is misspelt',
    plant: () => ({ env: { LISTENERS_REDIS_PASWORD: SECRETS.password } }),
    ...{ checkpoint: 'settings', mark: 'warning' },
    says: /LISTENERS_REDIS_PASWORD is not a variable/,
    cure: /LISTENERS_REDIS_PASSWORD/,
  },
];

const LINK: readonly PlantedFault[] = [
  {
    fault: 'a host name that nobody knows',
    plant: () => ({ env: { LISTENERS_REDIS_HOST: 'cache.crossfade.invalid' } }),
    ...{ checkpoint: 'dns', mark: 'fault' },
    says: /cache\.crossfade\.invalid is not known here \(E/,
    cure: /LISTENERS_REDIS_HOST.*VPC/,
  },
  {
    fault: 'nothing that listens',
    plant: async () => ({ env: { LISTENERS_REDIS_PORT: String(await freePort()) } }),
    ...{ checkpoint: 'tcp', mark: 'fault' },
    says: /Nothing listens on 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/,
    cure: /Start the Redis, or correct LISTENERS_REDIS_HOST/,
  },
  {
    fault: 'TLS where the Redis speaks none',
    plant: () => ({ env: { LISTENERS_REDIS_TLS: 'true' } }),
    ...{ checkpoint: 'tls', mark: 'fault' },
    says: /shakes no hands in TLS/,
    cure: /LISTENERS_REDIS_TLS=false/,
  },
  {
    fault: 'no TLS where the Redis wants it',
    plant: (clinic) => ({ env: { LISTENERS_REDIS_PORT: String(clinic.tlsPort) } }),
    ...{ checkpoint: 'authentication', mark: 'fault' },
    says: /Redis does not answer/,
    cure: /LISTENERS_REDIS_TLS=true/,
  },
  {
    fault: 'a certificate of another name',
    plant: (clinic) => withCertificate(clinic, ['DNS:cache.example.org'], 300),
    ...{ checkpoint: 'tls', mark: 'fault' },
    says: /is for DNS:cache\.example\.org and not for localhost/,
    cure: /LISTENERS_REDIS_HOST a name that the certificate holds/,
  },
  {
    fault: 'a certificate of an unknown authority',
    plant: async (clinic) => {
      const foreign = await TestCertificates.make();
      return {
        env: overTls(clinic, { LISTENERS_REDIS_TLS_CA_FILE: foreign.caFile }),
        undo: () => foreign.remove(),
      };
    },
    ...{ checkpoint: 'tls', mark: 'fault' },
    says: /No authority that is known here signed the certificate \([A-Z_]+\)/,
    cure: /LISTENERS_REDIS_TLS_CA_FILE/,
  },
  {
    fault: 'a certificate that has expired',
    plant: (clinic) => withCertificate(clinic, ['DNS:localhost'], -1),
    ...{ checkpoint: 'tls', mark: 'fault' },
    says: /certificate has expired/,
    cure: /Renew it/,
  },
  {
    fault: 'a certificate with twelve days left',
    plant: (clinic) => withCertificate(clinic, ['DNS:localhost'], 13),
    ...{ checkpoint: 'tls', mark: 'warning' },
    says: /ends in 12 days/,
    cure: /Renew it before then/,
  },
];

const REDIS: readonly PlantedFault[] = [
  {
    fault: 'a wrong password',
    plant: () => ({
      env: { LISTENERS_REDIS_USERNAME: 'anyone', LISTENERS_REDIS_PASSWORD: SECRETS.wrong },
    }),
    ...{ checkpoint: 'authentication', mark: 'fault' },
    says: /refuses the password of the user anyone \(WRONGPASS\)/,
    cure: /Correct LISTENERS_REDIS_PASSWORD/,
  },
  {
    fault: 'no password where one is asked',
    plant: ({ locked }) => ({ env: { LISTENERS_REDIS_PORT: String(locked.server.port) } }),
    ...{ checkpoint: 'authentication', mark: 'fault' },
    says: /asks for a password, and none is set/,
    cure: /Write LISTENERS_REDIS_PASSWORD/,
  },
  {
    fault: 'a password where none is asked',
    plant: () => ({ env: { LISTENERS_REDIS_PASSWORD: SECRETS.password } }),
    ...{ checkpoint: 'authentication', mark: 'warning' },
    says: /asks for no password, and one is set/,
    cure: /Remove LISTENERS_REDIS_PASSWORD/,
  },
  {
    fault: 'a user who may not PING',
    plant: () => withUser('no-ping'),
    ...{ checkpoint: 'authentication', mark: 'fault' },
    says: /may not PING/,
    cure: /\+ping/,
  },
  {
    fault: 'something else than a Redis on the port',
    plant: async (clinic) => ({
      env: { LISTENERS_REDIS_PORT: new URL(await clinic.http((_, response) => response.end('hello'))).port },
    }),
    ...{ checkpoint: 'authentication', mark: 'fault' },
    says: /Redis does not answer/,
    cure: /whether this is a Redis or Valkey at all/,
  },
  {
    fault: 'a Redis that takes connections and says nothing',
    plant: async ({ redis }) => {
      const hole = await TcpProxy.before(redis.server);
      hole.manner = 'swallow';
      return { env: { LISTENERS_REDIS_PORT: String(hole.port) }, undo: () => hole.stop() };
    },
    ...{ checkpoint: 'authentication', mark: 'fault' },
    says: /Redis does not answer/,
    cure: /whether this is a Redis/,
  },
  {
    fault: 'another db',
    plant: () => ({ env: { LISTENERS_REDIS_DB: '3' } }),
    ...{ checkpoint: 'db', mark: 'warning' },
    says: /LISTENERS_REDIS_DB is 3, and nothing uses it/,
    cure: /Remove it/,
  },
  {
    fault: 'SUBSCRIBE that is refused',
    plant: () => withUser('no-subscribe'),
    ...{ checkpoint: 'commands', mark: 'fault' },
    says: /SUBSCRIBE is refused on user:/,
    cure: /\+subscribe \+unsubscribe &user:\*/,
  },
  {
    fault: 'channels that the user may not hear',
    plant: () => withUser('own-channels'),
    ...{ checkpoint: 'commands', mark: 'fault' },
    says: /SUBSCRIBE is refused on user:.*NOPERM/,
    cure: /&user:\* &chat:\*/,
  },
  {
    fault: 'channels of our own that the user may not hear',
    plant: () => withUser('user-channels'),
    ...{ checkpoint: 'commands', mark: 'warning' },
    says: /SUBSCRIBE is refused on crossfade:\* \(NOPERM\): no canary/,
    cure: /&crossfade:\*/,
  },
  {
    fault: 'EVAL that is refused',
    plant: () => withUser('no-eval'),
    ...{ checkpoint: 'commands', mark: 'warning' },
    says: /EVAL is refused \(NOPERM\): lease, record and stop/,
    cure: /\+eval/,
  },
  {
    fault: 'PUBLISH that is refused',
    plant: () => withUser('no-publish'),
    ...{ checkpoint: 'commands', mark: 'warning' },
    says: /PUBLISH is refused \(NOPERM\): no canary proves the link/,
    cure: /\+publish/,
  },
  {
    fault: 'keys that the user may not touch',
    plant: () => withUser('own-keys'),
    ...{ checkpoint: 'commands', mark: 'warning' },
    says: /SET is refused \(NOPERM\): the flags read last are not kept/,
    cure: /~crossfade:\*/,
  },
  {
    fault: 'a replica in the place of the primary',
    plant: ({ replica }) => ({ env: { LISTENERS_REDIS_PORT: String(replica.server.port) } }),
    ...{ checkpoint: 'commands', mark: 'warning' },
    says: /SET is refused \(READONLY\)/,
    cure: /Name the primary/,
  },
  {
    fault: 'a slow way to Redis',
    plant: async ({ redis }) => {
      const slow = await TcpProxy.before(redis.server);
      return {
        env: { LISTENERS_REDIS_PORT: String(slow.port) },
        after: ({ name }) => (slow.delayMs = name === 'commands' ? 200 : 0),
        undo: () => slow.stop(),
      };
    },
    ...{ checkpoint: 'round_trip', mark: 'warning' },
    says: /came back through Pub\/Sub only after \d+/,
    cure: /same region/,
  },
  {
    fault: 'connections that are spread over two servers',
    plant: async (clinic) => {
      const ports = [clinic.redis.server.port, clinic.other.server.port];
      return { env: { LISTENERS_REDIS_PORT: String(await clinic.spread(ports)) } };
    },
    ...{ checkpoint: 'round_trip', mark: 'fault' },
    says: /never came back.*PUBLISH counted 0/,
    cure: /both connections reach the same server/,
  },
];

const well = (body: object): string => JSON.stringify(body);

/** A publisher that answers by path; what it does not know is 404. */
async function publisherLike(clinic: Clinic, answers: Record<string, [number, string]>): Promise<Planting> {
  const all: Record<string, [number, string]> = {
    '/readyz': [200, well({ status: 'ready' })],
    '/healthz': [200, well({ status: 'ok', redis: 'ok' })],
    '/debug': [200, well({ redis: { status: 'ok' } })],
    ...answers,
  };
  const url = await clinic.http((request, response) => {
    const [status, body] = all[(request.url ?? '').split('?')[0] ?? ''] ?? [404, '{}'];
    response.writeHead(status).end(body);
  });
  return { env: { LISTENERS_SERVICE_URL: url } };
}

const PUBLISHER: readonly PlantedFault[] = [
  {
    fault: 'a publisher that is away',
    plant: async () => ({ env: { LISTENERS_SERVICE_URL: `http://127.0.0.1:${await freePort()}` } }),
    ...{ checkpoint: 'publisher', mark: 'fault' },
    says: /does not answer \(ECONNREFUSED\)/,
    cure: /LISTENERS_SERVICE_URL; its port is often 8080 or 8090/,
  },
  {
    fault: 'a publisher that does not reach its Redis',
    plant: ({ simulators }) => ({ env: { LISTENERS_SERVICE_URL: simulators.deaf.url } }),
    ...{ checkpoint: 'publisher', mark: 'fault' },
    says: /\/readyz: the publisher is not ready \(503\)/,
    cure: /Redis settings of the publisher/,
  },
  {
    fault: 'a publisher whose Redis is switched off',
    plant: (clinic) =>
      publisherLike(clinic, {
        '/healthz': [200, well({ status: 'ok', redis: 'disabled' })],
      }),
    ...{ checkpoint: 'publisher', mark: 'fault' },
    says: /\/healthz says redis: disabled/,
    cure: /Switch Redis on/,
  },
  {
    fault: 'a publisher whose /debug tells the truth',
    plant: (clinic) => publisherLike(clinic, { '/debug': [200, well({ redis: { status: 'error' } })] }),
    ...{ checkpoint: 'publisher', mark: 'fault' },
    says: /\/debug says redis: error/,
    cure: /Redis settings of the publisher/,
  },
  {
    fault: 'something else in the place of the publisher',
    plant: async (clinic) => ({
      env: {
        LISTENERS_SERVICE_URL: await clinic.http((_, response) => response.end(`<html>${SECRETS.token}`)),
      },
    }),
    ...{ checkpoint: 'publisher', mark: 'fault' },
    says: /something else than the publisher/,
    cure: /Correct LISTENERS_SERVICE_URL/,
  },
  {
    fault: 'a publisher that hangs',
    plant: async (clinic) => ({ env: { LISTENERS_SERVICE_URL: await clinic.http(() => undefined) } }),
    ...{ checkpoint: 'publisher', mark: 'fault' },
    says: /does not answer \(nothing in time\)/,
    cure: /See to the publisher/,
  },
  {
    fault: 'an old publisher without /readyz',
    plant: (clinic) => publisherLike(clinic, { '/readyz': [404, '{}'] }),
    ...{ checkpoint: 'publisher', mark: 'warning' },
    says: /\/readyz is not there \(404\)/,
    cure: /brought up to date/,
  },
  {
    fault: 'a publisher without WebSockets',
    plant: async (clinic) => ({ ...(await publisherLike(clinic, {})), uid: 'user3' }),
    ...{ checkpoint: 'presence', mark: 'fault' },
    says: /no \/ws under LISTENERS_SERVICE_URL \(404\)/,
    cure: /Correct LISTENERS_SERVICE_URL/,
  },
  {
    fault: 'a publisher that refuses presence',
    plant: async (clinic) => ({ ...(await publisherLike(clinic, { '/ws': [403, '{}'] })), uid: 'user4' }),
    ...{ checkpoint: 'presence', mark: 'fault' },
    says: /refuses presence \(403\)/,
    cure: /inside its network/,
  },
];

const PREFIX: readonly PlantedFault[] = [
  {
    fault: 'a publisher with another prefix',
    plant: ({ simulators }) => ({ env: { LISTENERS_SERVICE_URL: simulators.otherPrefix.url }, uid: 'user5' }),
    ...{ checkpoint: 'prefix', mark: 'fault' },
    says: /says it on users:user5, and this backend listens to user:user5/,
    cure: /LISTENERS_CHANNEL_PREFIX=users: here, or user: at the publisher/,
  },
  {
    fault: 'a backend with another prefix, where patterns are refused',
    plant: () => ({
      env: { ...withUser('no-patterns').env, LISTENERS_CHANNEL_PREFIX: 'events:' },
      uid: 'user6',
    }),
    ...{ checkpoint: 'prefix', mark: 'fault' },
    says: /says it on user:user6, and this backend listens to events:user6/,
    cure: /LISTENERS_CHANNEL_PREFIX=user: here/,
  },
  {
    fault: 'a prefix that cannot be guessed, where patterns are refused',
    plant: ({ simulators }) => ({
      env: { ...withUser('no-patterns').env, LISTENERS_SERVICE_URL: simulators.otherPrefix.url },
      uid: 'user7',
    }),
    ...{ checkpoint: 'prefix', mark: 'fault' },
    says: /over its socket, and nothing comes on user:user7/,
    cure: /Compare LISTENERS_CHANNEL_PREFIX/,
  },
  {
    fault: 'a publisher that publishes to another Redis',
    plant: ({ simulators }) => ({ env: { LISTENERS_SERVICE_URL: simulators.elsewhere.url }, uid: 'user8' }),
    ...{ checkpoint: 'prefix', mark: 'fault' },
    says: /over its socket, and nothing comes on user:user8/,
    cure: /and the Redis that both name/,
  },
  {
    fault: 'a user of whom nobody speaks, and nobody to hold presence',
    plant: () => ({ env: { LISTENERS_SERVICE_URL: '' }, uid: 'user9' }),
    ...{ checkpoint: 'prefix', mark: 'warning' },
    says: /Nothing was said on user:user9.*not proven/,
    cure: /a user who is present/,
  },
];

const STOP: readonly PlantedFault[] = [
  {
    fault: 'a stop that was forgotten',
    plant: async ({ other, simulators }) => {
      const state = { epoch: 5, stopped: true, by: 'anna', why: SECRETS.token, atMs: 0 };
      await other.client.set('{crossfade}:stop', JSON.stringify(state));
      return {
        env: {
          LISTENERS_REDIS_PORT: String(other.server.port),
          LISTENERS_SERVICE_URL: simulators.elsewhere.url,
        },
      };
    },
    ...{ checkpoint: 'stop', mark: 'warning' },
    says: /Everybody is on legacy since 1970-01-01T00:00:00Z, stopped by anna/,
    cure: /crossfade start lifts it/,
  },
  {
    fault: 'a stop key that the user may not read',
    plant: () => withUser('own-keys'),
    ...{ checkpoint: 'stop', mark: 'warning' },
    says: /stop of the fleet cannot be read \(NOPERM\)/,
    cure: /Allow GET and EVAL on \{crossfade\}:stop/,
  },
];

const flagsLike = async (change: Parameters<typeof unleashLike>[0]): Promise<Planting> => {
  const unleash = await unleashLike(change);
  return { env: { CROSSFADE_UNLEASH_URL: unleash.url }, undo: () => unleash.stop() };
};

const FLAGS: readonly PlantedFault[] = [
  {
    fault: 'no place for the flags',
    plant: () => ({ env: { CROSSFADE_UNLEASH_URL: '', CROSSFADE_UNLEASH_TOKEN: '' } }),
    ...{ checkpoint: 'flags', mark: 'fault' },
    says: /Nothing says where the flags live/,
    cure: /CROSSFADE_UNLEASH_URL.*CROSSFADE_FLAGS_FILE/,
  },
  {
    fault: 'a flags file that is not there',
    plant: () => ({
      env: {
        ...{ CROSSFADE_UNLEASH_URL: '', CROSSFADE_UNLEASH_TOKEN: '' },
        CROSSFADE_FLAGS_FILE: 'nowhere/flags.json',
      },
    }),
    ...{ checkpoint: 'flags', mark: 'fault' },
    says: /nowhere\/flags\.json cannot be read \(ENOENT\)/,
    cure: /Mend it/,
  },
  {
    fault: 'an Unleash that is away',
    plant: async () => ({ env: { CROSSFADE_UNLEASH_URL: `http://127.0.0.1:${await freePort()}/api` } }),
    ...{ checkpoint: 'flags', mark: 'fault' },
    says: /Unleash server did not answer \(ECONNREFUSED\)/,
    cure: /CROSSFADE_UNLEASH_URL/,
  },
  {
    fault: 'an Unleash that refuses the token',
    plant: () => flagsLike({ behaviour: 401 }),
    ...{ checkpoint: 'flags', mark: 'fault' },
    says: /refuses the token \(401\)/,
    cure: /backend token of the right environment/,
  },
  {
    fault: 'an Unleash that hangs',
    plant: () => flagsLike({ behaviour: 'hang' }),
    ...{ checkpoint: 'flags', mark: 'fault' },
    says: /did not answer within 5000 ms/,
    cure: /See to it/,
  },
  {
    fault: 'an address that is not the API of Unleash',
    plant: () => flagsLike({ behaviour: 'garbage' }),
    ...{ checkpoint: 'flags', mark: 'fault' },
    says: /no answer of its API/,
    cure: /CROSSFADE_UNLEASH_URL/,
  },
  {
    fault: 'a flag that is missing',
    plant: () => flagsLike({ features: { version: 2, features: [compareOf('25')] } }),
    ...{ checkpoint: 'flags', mark: 'fault' },
    says: /crossfade-serve is missing/,
    cure: /crossfade flags init/,
  },
  {
    fault: 'a flag with the groupId that Unleash proposes',
    plant: () =>
      flagsLike({
        features: featuresOf({
          compare: compareOf('25'),
          serve: {
            ...{ name: 'crossfade-serve', enabled: true },
            strategies: [
              rolloutOf('5', {
                parameters: { rollout: '5', stickiness: 'userId', groupId: 'crossfade-serve' },
              }),
            ],
          },
        }),
      }),
    ...{ checkpoint: 'flags', mark: 'fault' },
    says: /crossfade-serve has the groupId "crossfade-serve"/,
    cure: /Set groupId to crossfade/,
  },
  {
    fault: 'serve above compare',
    plant: () =>
      flagsLike({ features: featuresOf({ compare: compareOf('5'), serve: serveOf('25', canariesOf('a')) }) }),
    ...{ checkpoint: 'flags', mark: 'fault' },
    says: /crossfade-serve stands at 25 % and crossfade-compare at 5 %/,
    cure: /Raise compare to 25 first/,
  },
];

const failing = (get: () => Promise<never>): FirestorePort => ({
  collection: () => ({ get, where: () => ({ get }) }),
});

const AROUND: readonly PlantedFault[] = [
  {
    fault: 'a Prometheus that is away',
    plant: async () => ({ env: { CROSSFADE_PROMETHEUS_URL: `http://127.0.0.1:${await freePort()}` } }),
    ...{ checkpoint: 'prometheus', mark: 'fault' },
    says: /Prometheus cannot be read \(ECONNREFUSED\)/,
    cure: /CROSSFADE_PROMETHEUS_URL/,
  },
  {
    fault: 'a Prometheus that scrapes another job',
    plant: () => ({ env: { CROSSFADE_PROMETHEUS_JOB: 'backends' } }),
    ...{ checkpoint: 'prometheus', mark: 'fault' },
    says: /no target in the job backends/,
    cure: /CROSSFADE_PROMETHEUS_JOB/,
  },
  {
    fault: 'a replica that Prometheus does not reach',
    plant: ({ illPrometheus: { unanswered } }) => ({
      env: { CROSSFADE_PROMETHEUS_URL: `http://127.0.0.1:${unanswered.port}` },
    }),
    ...{ checkpoint: 'prometheus', mark: 'warning' },
    says: /1 of 1 targets of the job do not answer Prometheus/,
    cure: /\/targets; nothing widens/,
  },
  {
    fault: 'a target that is no replica',
    plant: ({ illPrometheus: { empty } }) => ({
      env: { CROSSFADE_PROMETHEUS_URL: `http://127.0.0.1:${empty.port}` },
    }),
    ...{ checkpoint: 'prometheus', mark: 'warning' },
    says: /1 of 1 targets of the job crossfade have no metrics of Crossfade/,
    cure: /Serve the registry/,
  },
  {
    fault: 'a Firestore that refuses',
    plant: () => ({
      firestore: failing(() =>
        Promise.reject(Object.assign(new Error(SECRETS.token), { code: 'PERMISSION_DENIED' })),
      ),
    }),
    ...{ checkpoint: 'firestore', mark: 'fault' },
    says: /Firestore cannot be read \(PERMISSION_DENIED\)/,
    cure: /service account the right to read/,
  },
  {
    fault: 'a Firestore that hangs',
    plant: () => ({ firestore: failing(() => new Promise(() => undefined)) }),
    ...{ checkpoint: 'firestore', mark: 'fault' },
    says: /nothing was read within 4000 ms/,
    cure: /Firestore is reached from here/,
  },
];

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  ...SETTINGS,
  ...LINK,
  ...REDIS,
  ...PUBLISHER,
  ...PREFIX,
  ...STOP,
  ...FLAGS,
  ...AROUND,
];

import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { GatewayUsers } from '../../../src/service/simulator/gateway-users.js';
import { startSimulator, type Simulator } from '../../../src/service/simulator/start-simulator.js';
import { startGateway, type RunningGateway } from '../../e2e/gateway/running-gateway.js';
import { startTestRedis, type TestRedis } from '../../servers/test-redis.js';
import { waitFor } from '../../wait-for.js';

const SECRET = 'a secret that is long enough for sha256';
let redis: TestRedis;
let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  redis = await startTestRedis();
  const endpoint = { host: '127.0.0.1', port: redis.server.port };
  simulator = await startSimulator({ redis: endpoint, users: 5, seed: 1, say: () => undefined });
  gateway = await startGateway(
    { mode: 'local', legacy: 'registered', redis: endpoint, flags: { file: '/nowhere/flags.json' } },
    { CROSSFADE_GATEWAY_TOKEN_SECRET: SECRET, HOST: '0.0.0.0' },
  );
});
afterAll(async () => {
  await gateway.backend.stop();
  await simulator.stop();
  await redis.stop();
});

describe('given the users of the simulator before a gateway', () => {
  it('opens a socket for each topic and hands over what legacy says, with tokens of its own', async () => {
    const users = new GatewayUsers(simulator, { url: gateway.url, secret: SECRET });
    const topics = simulator.uids.reduce((sum, uid) => sum + 1 + simulator.chatsOf(uid).length, 0);
    const shows = async (line: RegExp): Promise<boolean> =>
      line.test(await (await fetch(`${gateway.url}/crossfade/metrics`)).text());
    await waitFor(
      'sockets',
      () => shows(new RegExp(`connections\\{transport="ws"\\} ${topics}$`, 'm')),
      10_000,
    );
    await waitFor('items', () => shows(/legacy_items_total\{outcome="heard"\} [1-9]/), 10_000);
    users.close();
    await waitFor('all have left', () => shows(/connections\{transport="ws"\} 0$/m), 10_000);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningServer } from '../../src/service/servers/running-server.js';
import { freePort } from '../../src/service/servers/free-port.js';
import { startTestPrometheus } from '../servers/test-prometheus.js';
import { AskedPrometheus } from './asked-prometheus.js';
import { fired, quiet } from './firing-alerts.js';
import { hastenedRules } from './hastened-rules.js';
import { startScrapedGateway, type ScrapedGateway } from './scraped-gateway.js';

let scraped: ScrapedGateway;
let server: RunningServer;
let prometheus: AskedPrometheus;

beforeAll(async () => {
  scraped = await startScrapedGateway({
    CROSSFADE_GATEWAY_MAX_CONNECTIONS: '1',
    // Nobody listens there.
    LISTENERS_SERVICE_URL: `http://127.0.0.1:${await freePort()}`,
  });
  const { target, path } = scraped;
  server = await startTestPrometheus([], {
    jobs: { 'crossfade-gateway': { targets: [target], path } },
    rules: hastenedRules(),
  });
  prometheus = new AskedPrometheus(server);
}, 120_000);
afterAll(async () => {
  await server.stop();
  await scraped.stop();
});

/** They go on for a while. */
const seen = new Set<string>();

const FAULTS = [
  {
    alert: 'CrossfadeGatewayFull',
    when: 'one more client comes than may',
    plant: async () => {
      expect(await scraped.gateway.connect('uid=another').refused).toMatchObject({ status: 503 });
    },
  },
  {
    alert: 'CrossfadeBridgeLosing',
    when: 'a bridge says that it has dropped something',
    plant: async () => {
      expect((await scraped.gateway.feed({ uid: 'listener', lost: 3 })).status).toBe(202);
    },
  },
  {
    alert: 'CrossfadePublisherUnreachable',
    when: 'the publisher behind it does not answer',
    plant: async () => {
      for (let request = 0; request < 10; request++)
        expect((await fetch(`${scraped.gateway.url}/anything`)).status).toBe(502);
    },
  },
];

(process.env['CROSSFADE_LONG'] === undefined ? describe.skip : describe)(
  'given a gateway with the rules in a real Prometheus',
  () => {
    it('fires nothing while all is well', () => quiet(prometheus), 160_000);

    it.each(FAULTS.map((fault) => [fault.alert, fault.when, fault] as const))(
      'fires %s and nothing else when %s',
      async (alert, _, { plant }) => {
        const sinceMs = Date.now();
        await plant();
        expect(await fired(prometheus, { raises: [alert], allowed: [...seen], sinceMs })).toEqual([alert]);
        seen.add(alert);
      },
      150_000,
    );
  },
);

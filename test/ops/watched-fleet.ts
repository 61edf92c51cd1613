import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventProvider,
  InProcessSource,
  readSettings,
  type CrossfadeOptions,
  type MetricsRegistry,
  type Settings,
} from '../../src/index.js';
import { BackendModule } from '../../src/service/backend/backend.module.js';
import { createBackend, type Backend } from '../../src/service/backend/create-backend.js';
import { freePort } from '../../src/service/servers/free-port.js';
import type { RunningServer } from '../../src/service/servers/running-server.js';
import { startSimulator, type Simulator } from '../../src/service/simulator/start-simulator.js';
import { flagFileText, runControl, type RunningControl } from '../../src/tools.js';
import { startTestPrometheus } from '../servers/test-prometheus.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { TcpProxy } from '../servers/tcp-proxy.js';
import { AskedPrometheus } from './asked-prometheus.js';
import { startScrapedGateway } from './scraped-gateway.js';

const USERS_EACH = 12;
const REPLICAS = 2;

/** Verdicts within some seconds instead of fifteen; a dead link is noticed sooner than a loss is counted. */
const QUICKLY = {
  confirmMs: 4_000,
  rules: [
    { type: 'chat.message', windowMs: 2_000 },
    { type: 'notif.sync', settleMs: 2_000 },
  ],
};
const HANDOVER = { handoverWindowMs: 500, firstListTimeoutMs: 500, returnAfterMs: 500 };

const SOAK = {
  soakMinutes: 0.02,
  minComparisons: 50,
  minUsers: 5,
  typesSeenShare: 0,
  proof: 'none',
} as const;
/** Goes by itself to where half are served, and no further. */
const PLAN = {
  version: 1,
  coverage: { excusedShareLimit: 1, sampledOutShareLimit: 1 },
  gaps: { timeShareLimit: 1 },
  steps: [
    { compare: 100, ...SOAK },
    { serve: 50, ...SOAK },
  ],
};

/** Two backends with users on their screens, a gateway, the outside world, a controller, and a Prometheus that watches all. */
export class WatchedFleet {
  private readonly closing: (() => Promise<unknown>)[] = [];

  private constructor(private readonly comparing: NonNullable<CrossfadeOptions['comparing']>) {}

  redis!: TestRedis;
  /** between Redis and the last of the backends */
  linkOfOne!: TcpProxy;
  simulator!: Simulator;
  prometheus!: RunningServer;
  asked!: AskedPrometheus;
  readonly backends: Backend[] = [];
  folder!: string;

  /** Resolves when half of the users are served from Redis. @param rules of Prometheus */
  static async start(
    rules: string,
    comparing: NonNullable<CrossfadeOptions['comparing']> = QUICKLY,
  ): Promise<WatchedFleet> {
    const fleet = new WatchedFleet(comparing);
    try {
      await fleet.open(rules);
      await fleet.asked.until('min(crossfade_flag_percent{flag="serve"}) == 50', 120_000);
      await fleet.asked.until(
        'sum(rate(crossfade_events_delivered_total{job="crossfade",source="redis"}[5s]))',
      );
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  get flagsFile(): string {
    return join(this.folder, 'flags.json');
  }

  /** Those of the controller, and of a person's commands. */
  get settings(): Settings {
    return readSettings({
      LISTENERS_MODE: 'local',
      LISTENERS_REDIS_PORT: String(this.redis.server.port),
      CROSSFADE_FLAGS_FILE: this.flagsFile,
      CROSSFADE_PLAN_FILE: join(this.folder, 'plan.yaml'),
      CROSSFADE_CONTROL_FOLDER: join(this.folder, 'control'),
      CROSSFADE_CONTROL_LOOK_MS: '500',
      CROSSFADE_PROMETHEUS_URL: `http://127.0.0.1:${this.prometheus.port}`,
    });
  }

  async stop(): Promise<void> {
    for (const close of this.closing.splice(0).reverse()) await close();
  }

  private async open(rules: string): Promise<void> {
    const { closing } = this;
    this.folder = await mkdtemp(join(tmpdir(), 'crossfade-watched-'));
    closing.push(() => rm(this.folder, { recursive: true, force: true }));
    await writeFile(this.flagsFile, flagFileText({ compare: 0, serve: 0 }));
    this.redis = await startTestRedis();
    closing.push(() => this.redis.stop());
    this.linkOfOne = await TcpProxy.before(this.redis.server);
    closing.push(() => this.linkOfOne.stop());
    this.simulator = await startSimulator({
      redis: { host: '127.0.0.1', port: this.redis.server.port, maxRetriesPerRequest: null },
      users: USERS_EACH * REPLICAS,
      changesPerSecond: 50,
      seed: 7,
      say: () => undefined,
    });
    closing.push(() => this.simulator.stop());
    const targets: string[] = [];
    for (let index = 0; index < REPLICAS; index++)
      targets.push(
        await this.openBackend(
          this.simulator.uids.slice(index * USERS_EACH, (index + 1) * USERS_EACH),
          index === REPLICAS - 1 ? this.linkOfOne.port : this.redis.server.port,
        ),
      );
    const controlPort = await freePort();
    const { target, path, stop } = await startScrapedGateway();
    closing.push(stop);
    const jobs = {
      'crossfade-control': { targets: [`127.0.0.1:${controlPort}`] },
      'crossfade-gateway': { targets: [target], path },
    };
    this.prometheus = await startTestPrometheus(targets, { jobs, rules });
    closing.push(() => this.prometheus.stop());
    this.asked = new AskedPrometheus(this.prometheus);
    const control = await this.openController();
    closing.push(() => control.close());
    const server = await serve(control.registry, controlPort);
    closing.push(() => new Promise((resolve) => server.close(resolve)));
  }

  /** @returns the address that it is scraped at */
  private async openBackend(uids: readonly string[], redisPort: number): Promise<string> {
    const { simulator } = this;
    const legacySource: InProcessSource = new InProcessSource({
      start: (topic) =>
        simulator.listen(topic, (uid, item) => {
          legacySource.push(uid, item);
        }),
    });
    const backend = await createBackend(
      BackendModule.with({
        mode: 'local',
        legacySource,
        redis: { host: '127.0.0.1', port: redisPort },
        flags: { file: this.flagsFile },
        presence: { serviceUrl: simulator.url, opensPerSecond: 50, lingerMs: 0 },
        compareChats: true,
        comparing: this.comparing,
        handover: HANDOVER,
        selfTest: { sampleOneIn: 2 },
      }),
    );
    this.closing.push(() => backend.stop());
    this.backends.push(backend);
    const url = await backend.listen({ host: '127.0.0.1', port: 0 });
    const events = backend.app.get(EventProvider);
    for (const uid of uids) {
      events.listen(uid, () => undefined);
      for (const chat of simulator.chatsOf(uid)) events.listen(uid, () => undefined, { chat });
    }
    return new URL(url).host;
  }

  private async openController(): Promise<RunningControl> {
    await writeFile(this.settings.control.planFile ?? '', JSON.stringify(PLAN));
    return runControl({ settings: this.settings });
  }
}

function serve(registry: MetricsRegistry, port: number): Promise<Server> {
  const server = createServer((_, response) => {
    void registry
      .metrics()
      .then((text) => response.setHeader('content-type', registry.contentType).end(text));
  });
  return new Promise((resolve) =>
    server.listen(port, '127.0.0.1', () => {
      resolve(server);
    }),
  );
}

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SystemClock } from '../../src/coordination/system-clock.js';
import type { Flag } from '../../src/domain/flag.js';
import { initFlags } from '../../src/flags/init-flags.js';
import { UnleashAdmin } from '../../src/flags/unleash-admin.js';
import { UnleashWriter } from '../../src/flags/unleash-writer.js';
import { freePort } from '../../src/service/servers/free-port.js';
import type { RunningServer } from '../../src/service/servers/running-server.js';
import type { ReasonCode } from '../../src/domain/verdict.js';
import type { LogEntry } from '../../src/domain/decision.js';
import { startTestPrometheus } from '../servers/test-prometheus.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { startTestUnleash, type TestUnleash } from '../servers/test-unleash.js';

const USERS_EACH = 40;
const REPLICAS = 3;

/** Three backends with their users, an Unleash, a Redis and a Prometheus, and as many controllers as are started. */
export class RolloutBench {
  private readonly children: ChildProcess[] = [];
  readonly said: string[] = [];
  readonly writer: UnleashWriter;

  private constructor(
    readonly folder: string,
    readonly unleash: TestUnleash,
    readonly redis: TestRedis,
    readonly prometheus: RunningServer,
    admin: UnleashAdmin,
    private readonly ports: readonly number[],
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.writer = new UnleashWriter(admin);
  }

  /** `leaseMs`: how soon another may take over; shorter than a look on a busy machine, and nothing is written. */
  static async start(plan: object, leaseMs = 15_000): Promise<RolloutBench> {
    const folder = await mkdtemp(join(tmpdir(), 'crossfade-rollout-'));
    const ports = await Promise.all(Array.from({ length: REPLICAS }, () => freePort()));
    const [unleash, redis, prometheus] = await Promise.all([
      startTestUnleash(),
      startTestRedis(),
      startTestPrometheus(ports.map((port) => `127.0.0.1:${port}`)),
    ]);
    const place = { project: 'default', environment: 'development', clock: new SystemClock() };
    const admin = new UnleashAdmin({ url: unleash.url, token: unleash.adminToken, ...place });
    await initFlags(admin);
    const bench = new RolloutBench(folder, unleash, redis, prometheus, admin, ports, {
      ...process.env,
      NODE_OPTIONS: '',
      LISTENERS_MODE: 'local',
      LISTENERS_REDIS_PORT: String(redis.server.port),
      CROSSFADE_PROMETHEUS_URL: `http://127.0.0.1:${prometheus.port}`,
      CROSSFADE_PLAN_FILE: join(folder, 'plan.yaml'),
      CROSSFADE_CONTROL_LOOK_MS: '300',
      CROSSFADE_CONTROL_LEASE_MS: String(leaseMs),
      CROSSFADE_UNLEASH_URL: unleash.url,
      CROSSFADE_UNLEASH_TOKEN: unleash.backendToken,
      CROSSFADE_UNLEASH_ADMIN_TOKEN: unleash.adminToken,
      CROSSFADE_UNLEASH_ENVIRONMENT: 'development',
      CROSSFADE_UNLEASH_POLL_MS: '300',
    });
    await bench.plan(plan);
    await Promise.all(ports.map((port, index) => bench.startBackend(port, index * USERS_EACH)));
    return bench;
  }

  /** Controllers that are started from now on go by this plan. */
  async plan(plan: object): Promise<void> {
    await writeFile(join(this.folder, 'plan.yaml'), JSON.stringify(plan));
  }

  /** Begins the rollout anew: no record, and nobody is picked. The lease's tokens go on. */
  async reset(): Promise<void> {
    await this.redis.client.del('{crossfade}:log', '{crossfade}:decisions', '{crossfade}:log-token');
    const standing = await this.writer.standing();
    if (!standing.known) throw new Error(standing.problems.join(' '));
    for (const flag of ['serve', 'compare'] as const satisfies Flag[])
      await this.writer.write({ flag, from: standing.percents[flag], to: 0 });
  }

  /** A controller as a process of its own, the product's; `env` may let it be halted by rollout-halt.mjs. */
  control(env: NodeJS.ProcessEnv = {}): ChildProcess {
    const halt = 'HALT_AT' in env ? ['--import', './test/e2e/rollout-halt.mjs'] : [];
    return this.listenTo(this.spawn([...halt, 'dist/service/crossfade.js', 'control'], env));
  }

  /** Runs a command to its end. */
  run(...args: string[]): Promise<{ code: number | null; output: string }> {
    return new Promise((resolve) => {
      const child = this.spawn(['dist/service/crossfade.js', ...args], {});
      let output = '';
      child.stdout?.on('data', (chunk: Buffer) => (output += String(chunk)));
      child.stderr?.on('data', (chunk: Buffer) => (output += String(chunk)));
      child.once('close', (code) => {
        resolve({ code, output });
      });
    });
  }

  /** The record, without the looks unless they are asked for. */
  async history(withLooks = false): Promise<LogEntry[]> {
    const stream = withLooks ? '{crossfade}:log' : '{crossfade}:decisions';
    const entries = await this.redis.client.xrange(stream, '-', '+');
    return entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as LogEntry);
  }

  /** What was applied, such as `serve 25`. */
  async applied(): Promise<string[]> {
    return (await this.history()).flatMap(({ event }) =>
      event.kind === 'applied' ? [`${event.decision.move.flag} ${event.decision.move.to.percent}`] : [],
    );
  }

  /** What the newest look came to, and when; empty where the newest entry is none. */
  async look(): Promise<{ codes: ReasonCode[]; sequence: number; servedUsers: number }> {
    const [newest] = await this.redis.client.xrevrange('{crossfade}:log', '+', '-', 'COUNT', 1);
    const entry = newest === undefined ? undefined : (JSON.parse(newest[1][1] ?? '') as LogEntry);
    if (entry?.event.kind !== 'looked') return { codes: [], sequence: entry?.sequence ?? 0, servedUsers: 0 };
    const { verdict, evidence } = entry.event;
    const servedUsers = evidence?.since.age.redis.count === 0 ? 0 : (evidence?.delivery.servedUsers ?? 0);
    return { codes: verdict.reasons.map(({ code }) => code), sequence: entry.sequence, servedUsers };
  }

  /** Waits on the real world, and says what it was like where it did not come to be so. */
  async until(what: string, holds: () => Promise<boolean> | boolean, withinMs = 60_000): Promise<void> {
    const untilMs = performance.now() + withinMs;
    while (!(await holds())) {
      if (performance.now() > untilMs) {
        const looks = (await this.history(true)).slice(-3).map(({ event }) => JSON.stringify(event));
        throw new Error(`Not within ${withinMs} ms: ${what}\n${looks.join('\n')}\n${this.said.join('')}`);
      }
      await pause(50);
    }
  }

  async reached(move: string, withinMs = 60_000): Promise<void> {
    await this.until(move, async () => (await this.applied()).at(-1) === move, withinMs);
  }

  /** Every replica loses this share of what Redis should have got. */
  lose(share: number): Promise<void> {
    return this.tell(`lose/${share}`);
  }

  /** Nothing happens to any user any more, or it does again. */
  quiet(isQuiet: boolean): Promise<void> {
    return this.tell(`quiet/${Number(isQuiet)}`);
  }

  /** When the first event was lost, and when Redis last brought anybody one, over all replicas. */
  async harm(): Promise<{ firstLossMs: number; lastFromRedisMs: number }> {
    const all = await Promise.all(
      this.ports.map(async (port) => (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as Harm),
    );
    return {
      firstLossMs: Math.min(...all.map(({ firstLossMs }) => firstLossMs || Infinity)),
      lastFromRedisMs: Math.max(...all.map(({ lastFromRedisMs }) => lastFromRedisMs)),
    };
  }

  /** How often Unleash itself was made to change a flag's strategy, by its own book. */
  async changesAt(flag: Flag): Promise<number> {
    const response = await fetch(
      `${this.unleash.url}/admin/search/events?type=IS:feature-strategy-update&feature=IS:crossfade-${flag}&limit=1000`,
      { headers: { authorization: this.unleash.adminToken } },
    );
    return ((await response.json()) as { total: number }).total;
  }

  async stop(): Promise<void> {
    for (const child of this.children)
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await Promise.all([this.prometheus.stop(), this.redis.stop(), this.unleash.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }

  private async tell(path: string): Promise<void> {
    await Promise.all(this.ports.map((port) => fetch(`http://127.0.0.1:${port}/${path}`)));
  }

  private async startBackend(port: number, firstUser: number): Promise<void> {
    const child = this.spawn(['test/e2e/rollout-backend.mjs'], {
      PORT: String(port),
      FIRST_USER: String(firstUser),
      USERS: String(USERS_EACH),
      EVERY_MS: '10',
    });
    child.stderr?.on('data', (chunk: Buffer) => this.said.push(String(chunk)));
    await this.until(`a backend on ${port}`, () => answers(port));
  }

  private listenTo(child: ChildProcess): ChildProcess {
    child.stdout?.on('data', (chunk: Buffer) => this.said.push(String(chunk)));
    child.stderr?.on('data', (chunk: Buffer) => this.said.push(String(chunk)));
    return child;
  }

  private spawn(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(process.execPath, args, {
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.push(child);
    return child;
  }
}

interface Harm {
  readonly firstLossMs: number;
  readonly lastFromRedisMs: number;
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    ({ ok }) => ok,
    () => false,
  );
}

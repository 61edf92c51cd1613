import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/service/servers/free-port.js';
import type { RunningServer } from '../../src/service/servers/running-server.js';
import { flagFileText, type LogEntry } from '../../src/tools.js';
import { startTestPrometheus } from '../servers/test-prometheus.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import type { TestUnleash } from '../servers/test-unleash.js';
import { waitFor } from '../wait-for.js';

const USERS_EACH = 40;
const REPLICAS = 3;

/** Three backends with their users, a Redis and a Prometheus, and as many controllers as are started. */
export class RolloutBench {
  private readonly children: ChildProcess[] = [];
  readonly said: string[] = [];

  private constructor(
    readonly folder: string,
    readonly redis: TestRedis,
    readonly prometheus: RunningServer,
    readonly ports: readonly number[],
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Flags are in a file, or at an Unleash server where one is given. */
  static async start(plan: object, unleash?: TestUnleash): Promise<RolloutBench> {
    const folder = await mkdtemp(join(tmpdir(), 'crossfade-rollout-'));
    const flags = join(folder, 'flags.json');
    await writeFile(flags, flagFileText({ compare: 0, serve: 0 }));
    await writeFile(join(folder, 'plan.yaml'), JSON.stringify(plan));
    const redis = await startTestRedis();
    const ports = await Promise.all(Array.from({ length: REPLICAS }, () => freePort()));
    const prometheus = await startTestPrometheus(ports.map((port) => `127.0.0.1:${port}`));
    const bench = new RolloutBench(folder, redis, prometheus, ports, {
      ...process.env,
      NODE_OPTIONS: '',
      LISTENERS_MODE: 'local',
      LISTENERS_REDIS_PORT: String(redis.server.port),
      CROSSFADE_PROMETHEUS_URL: `http://127.0.0.1:${prometheus.port}`,
      CROSSFADE_PLAN_FILE: join(folder, 'plan.yaml'),
      CROSSFADE_CONTROL_LOOK_MS: '500',
      CROSSFADE_CONTROL_LEASE_MS: '3000',
      ...(unleash === undefined ? { CROSSFADE_FLAGS_FILE: flags } : unleashEnv(unleash)),
    });
    await Promise.all(ports.map((port, index) => bench.startBackend(port, index * USERS_EACH)));
    return bench;
  }

  /** A controller as a process of its own. */
  control(): ChildProcess {
    const child = this.spawn(['dist/service/crossfade.js', 'control'], {});
    child.stdout?.on('data', (chunk: Buffer) => this.said.push(String(chunk)));
    child.stderr?.on('data', (chunk: Buffer) => this.said.push(String(chunk)));
    return child;
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
    const entries = await this.redis.client.xrange('{crossfade}:log', '-', '+');
    return entries
      .map(([, fields]) => JSON.parse(fields[1] ?? '') as LogEntry)
      .filter(({ event }) => withLooks || (event.kind !== 'looked' && event.kind !== 'hold_told'));
  }

  /** The codes of the newest look. */
  async codes(): Promise<string[]> {
    const looks = (await this.history(true)).filter(({ event }) => event.kind === 'looked');
    const event = looks.at(-1)?.event;
    return event?.kind === 'looked' ? event.verdict.reasons.map(({ code }) => code) : [];
  }

  /** How many users Redis had brought events to by the newest evidence, as the replicas report them. */
  async servedUsers(): Promise<number> {
    const event = (await this.history(true)).filter((entry) => entry.event.kind === 'looked').at(-1)?.event;
    const evidence = event?.kind === 'looked' ? event.evidence : undefined;
    return evidence === undefined || evidence.since.age.redis.count === 0 ? 0 : evidence.delivery.servedUsers;
  }

  /** Every replica loses this share of what Redis should have got. */
  async lose(share: number): Promise<void> {
    await Promise.all(this.ports.map((port) => fetch(`http://127.0.0.1:${port}/lose/${share}`)));
  }

  /** When the first event was lost, and when Redis last brought anybody one, over all replicas. */
  async harm(): Promise<{ firstLossMs: number; lastFromRedisMs: number }> {
    const all = await Promise.all(
      this.ports.map(
        async (port) =>
          (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as {
            firstLossMs: number;
            lastFromRedisMs: number;
          },
      ),
    );
    return {
      firstLossMs: Math.min(...all.map(({ firstLossMs }) => firstLossMs || Infinity)),
      lastFromRedisMs: Math.max(...all.map(({ lastFromRedisMs }) => lastFromRedisMs)),
    };
  }

  async flagsFile(): Promise<string> {
    return readFile(join(this.folder, 'flags.json'), 'utf8');
  }

  async stop(): Promise<void> {
    for (const child of this.children) if (child.exitCode === null) child.kill('SIGKILL');
    await this.prometheus.stop();
    await this.redis.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async startBackend(port: number, firstUser: number): Promise<void> {
    const child = this.spawn(['test/e2e/rollout-backend.mjs'], {
      PORT: String(port),
      FIRST_USER: String(firstUser),
      USERS: String(USERS_EACH),
      EVERY_MS: '10',
    });
    child.stderr?.on('data', (chunk: Buffer) => this.said.push(String(chunk)));
    await waitFor(`a backend on ${port}`, () => answers(port), 30_000);
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

function unleashEnv({ url, backendToken, adminToken }: TestUnleash): NodeJS.ProcessEnv {
  return {
    CROSSFADE_UNLEASH_URL: url,
    CROSSFADE_UNLEASH_TOKEN: backendToken,
    CROSSFADE_UNLEASH_ADMIN_TOKEN: adminToken,
    CROSSFADE_UNLEASH_ENVIRONMENT: 'development',
    CROSSFADE_UNLEASH_POLL_MS: '300',
  };
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    ({ ok }) => ok,
    () => false,
  );
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { freePort } from '../../../src/service/servers/free-port.js';
import { startTestRedis, type TestRedis } from '../../servers/test-redis.js';
import { waitFor } from '../../wait-for.js';

const CLIENTS = Number(process.env['BENCH_CLIENTS'] ?? 10_000);
const PER_SECOND = Number(process.env['BENCH_RATE'] ?? 2_000);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 120);
const PLAIN_SECONDS = Math.ceil(SECONDS / 2);
const SAMPLE_EVERY_MS = 5_000;

interface Report {
  readonly received: number;
  readonly lost: number;
  readonly again: number;
  readonly closed: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

let redis: TestRedis;
let publisher: ChildProcess;
const children: ChildProcess[] = [];

const file = (name: string): string => new URL(name, import.meta.url).pathname;
const environment = { ...process.env, NODE_OPTIONS: '' };

function run(name: string, ...args: string[]): ChildProcess {
  const child = fork(file(name), args, { env: environment, execArgv: [] });
  children.push(child);
  return child;
}

async function message<T>(child: ChildProcess): Promise<T> {
  const [said] = (await once(child, 'message')) as [T];
  return said;
}

function megabytes(pid: number): number {
  const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

/** CPU time of a process so far, seconds. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function startPlain(): Promise<{ pid: number; url: string }> {
  const child = run('plain-server.js', String(redis.server.port));
  const { port } = await message<{ port: number }>(child);
  return { pid: child.pid ?? 0, url: `ws://127.0.0.1:${port}` };
}

async function startGateway(): Promise<{ pid: number; url: string }> {
  const port = await freePort();
  const child = spawn(process.execPath, ['dist/service/crossfade.js', 'gateway', '--port', String(port)], {
    env: {
      ...environment,
      LISTENERS_MODE: 'local',
      LISTENERS_REDIS_PORT: String(redis.server.port),
      CROSSFADE_LEGACY: 'retired',
    },
    stdio: 'inherit',
  });
  children.push(child);
  const isReady = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/crossfade/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor('the gateway is ready', isReady, 60_000);
  return { pid: child.pid ?? 0, url: `ws://127.0.0.1:${port}` };
}

/** Everybody connects, the load runs, and everybody leaves. */
async function measure(
  server: { pid: number; url: string },
  seconds: number,
  offset: Record<string, number>,
) {
  const clients = run('clients.js', server.url, String(CLIENTS));
  const opened = await message<{ open?: boolean; error?: string }>(clients);
  expect(opened).toEqual({ open: true });
  await waitFor(
    'every channel is subscribed',
    async () => ((await redis.client.pubsub('CHANNELS', 'user:*')) as string[]).length === CLIENTS,
    60_000,
  );
  const memory: number[] = [];
  const cpu = cpuSeconds(server.pid);
  const sampling = setInterval(() => memory.push(megabytes(server.pid)), SAMPLE_EVERY_MS);
  publisher.send({ perSecond: PER_SECOND, seconds });
  const { said, tookMs } = await message<{ said: Record<string, number>; tookMs: number }>(publisher);
  clearInterval(sampling);
  const cpuShare = (cpuSeconds(server.pid) - cpu) / (tookMs / 1_000);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  clients.send({ report: true, expected: said, before: offset });
  const { report } = await message<{ report: Report }>(clients);
  clients.kill('SIGKILL');
  const before = Object.values(offset).reduce((sum, n) => sum + n, 0);
  const sent = Object.values(said).reduce((sum, n) => sum + n, 0) - before;
  return { report, memory, said, sent, tookMs, cpuShare };
}

const isLong = process.env['CROSSFADE_LONG'] === '1';

(isLong ? describe : describe.skip)('given 10,000 WebSocket clients on one process', () => {
  beforeAll(async () => {
    redis = await startTestRedis();
    publisher = run('publisher.js', String(redis.server.port), String(CLIENTS));
  }, 60_000);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await redis.stop();
  });

  it('loses nothing, keeps its memory, and adds little to what ws and ioredis take', async () => {
    const plain = await startPlain();
    const first = await measure(plain, PLAIN_SECONDS, {});
    process.kill(plain.pid, 'SIGKILL');
    await noChannels();
    const gateway = await startGateway();
    const through = await measure(gateway, SECONDS, first.said);
    console.log(
      [
        `${CLIENTS} clients, ${PER_SECOND} events/s`,
        line('ws + ioredis', first),
        line('gateway', through),
        `added latency: p50 ${(through.report.p50 - first.report.p50).toFixed(2)} ms, p99 ${(through.report.p99 - first.report.p99).toFixed(2)} ms`,
        `memory of the gateway, MB every 5 s: ${through.memory.map((each) => each.toFixed(0)).join(' ')}`,
      ].join('\n'),
    );
    expect(through.report).toMatchObject({ received: through.sent, lost: 0, again: 0, closed: 0 });
    const third = Math.floor(through.memory.length / 3);
    expect(mean(through.memory.slice(-third))).toBeLessThan(
      mean(through.memory.slice(third, 2 * third)) * 1.1,
    );
  }, 900_000);
});

/** A client that begins late must not count what was said before it came. */
async function noChannels(): Promise<void> {
  await waitFor(
    'nobody is subscribed',
    async () => ((await redis.client.pubsub('CHANNELS', 'user:*')) as string[]).length === 0,
    60_000,
  );
}

function line(name: string, { report, sent, tookMs, cpuShare }: Awaited<ReturnType<typeof measure>>): string {
  const { received, lost, again, p50, p99, max } = report;
  return `${name}: ${sent} sent in ${(tookMs / 1_000).toFixed(0)} s, ${received} received, ${lost} lost, ${again} twice; p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, max ${max.toFixed(0)} ms; ${(cpuShare * 100).toFixed(0)} % of a core`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

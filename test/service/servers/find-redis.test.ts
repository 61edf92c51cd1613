import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { findRedis, startRedis } from '../../../src/service/servers/find-redis.js';
import { freePort } from '../../../src/service/servers/free-port.js';
import { redisAnswer } from '../../../src/service/servers/redis-answer.js';
import type { RunningServer } from '../../../src/service/servers/running-server.js';

const started: RunningServer[] = [];
const folders: string[] = [];
const said: string[] = [];
const say = (line: string) => said.push(line);
// What names a Redis for the developer is not what these tests are about.
const env = { PATH: process.env['PATH'] };
const options = { env, say };

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  said.length = 0;
});

function keep(server: RunningServer): RunningServer {
  started.push(server);
  return server;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'crossfade-test-'));
  folders.push(folder);
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, withinMs = 5_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('The condition did not come true in time.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function folderOf(lines: readonly string[]): string {
  return /folder (\S+)\.$/.exec(lines.join('\n'))?.[1] ?? '';
}

describe('given a machine with a Redis on the PATH and none in the environment', () => {
  it('starts one on a free loopback port, says so, and leaves nothing behind when it stops', async () => {
    const server = keep(await findRedis(options));
    const { host, port, pid } = server;
    expect(server).toMatchObject({ host: '127.0.0.1', origin: 'path', startedByUs: true });
    expect((await redisAnswer({ host, port })).pid).toBe(pid);
    expect(said.join('\n')).toMatch(/environment names none.*\n.*found .*-server\..*\n.*starting .* on 127/);
    const folder = folderOf(said);
    expect(existsSync(folder)).toBe(true);

    await server.stop();
    await server.stop();

    expect(existsSync(folder)).toBe(false);
    expect(isAlive(pid ?? 0)).toBe(false);
    expect(server.pid).toBeUndefined();
  });

  it('gives callers at the same time a server each', async () => {
    const servers = await Promise.all([findRedis(options), findRedis(options), findRedis(options)]);
    servers.forEach(keep);
    expect(new Set(servers.map(({ port }) => port)).size).toBe(3);
    expect(new Set(servers.map(({ pid }) => pid)).size).toBe(3);
  });

  it('keeps no data on the disk', async () => {
    const { host, port } = keep(await findRedis(options));
    const redis = new Redis({ host, port });
    expect(await redis.config('GET', 'save')).toEqual(['save', '']);
    expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'no']);
    redis.disconnect();
  });

  it('kills and restarts it on the same port, with another pid', async () => {
    const server = keep(await findRedis(options));
    const before = server.pid;
    await server.kill('SIGKILL');
    expect(server.pid).toBeUndefined();
    await expect(redisAnswer({ host: server.host, port: server.port })).rejects.toThrow('ECONNREFUSED');
    await server.kill('SIGKILL');

    await server.restart();

    expect(server.pid).not.toBe(before);
    expect((await redisAnswer({ host: server.host, port: server.port })).pid).toBe(server.pid);
  });

  it('stops even a frozen one', async () => {
    const server = keep(await findRedis(options));
    await server.kill('SIGSTOP');
    const { pid } = server;
    await server.stop();
    expect(isAlive(pid ?? 0)).toBe(false);
  });

  it('does not restart what was stopped for good', async () => {
    const server = keep(await findRedis(options));
    await server.stop();
    await expect(server.restart()).rejects.toThrow('start a new one');
  });

  it('passes arguments of the caller, such as an access list that hides everything from strangers', async () => {
    const aclFile = join(newFolder(), 'users.acl');
    writeFileSync(aclFile, 'user default off\nuser reader on >secret ~* &* +@all\n');
    const { host, port } = keep(await startRedis(options, { args: ['--aclfile', aclFile] }));
    expect(await redisAnswer({ host, port })).toEqual({ pid: undefined });
    expect((await redisAnswer({ host, port, username: 'reader', password: 'secret' })).pid).toBeDefined();
  });

  it('speaks TLS where the caller brings the certificates', async () => {
    const tls = await certificates(newFolder());
    const { host, port, pid } = keep(await startRedis(options, { tls }));
    expect((await redisAnswer({ host, port, tls: { rejectUnauthorized: false } })).pid).toBe(pid);
  });

  it('shows the last words of one that does not come up, and leaves nothing behind', async () => {
    await expect(startRedis(options, { args: ['--no-such-setting', '1'] })).rejects.toThrow(
      /ended\. Its last words: [^]*no-such-setting/,
    );
    expect(existsSync(folderOf(said))).toBe(false);
  });

  it('does not take for its own a server that answers on the port it was given', async () => {
    const first = keep(await findRedis(options));
    await expect(startRedis(options, { port: first.port })).rejects.toThrow('ended');
    expect((await redisAnswer({ host: first.host, port: first.port })).pid).toBe(first.pid);
  });
});

describe('given a process that is killed while its Redis runs', () => {
  it('leaves neither the server nor its folder behind', async () => {
    const folder = newFolder();
    const pidFile = join(folder, 'pid');
    const own = join(folder, 'own');
    const reaper = new URL('../../../src/service/servers/reaper.ts', import.meta.url);
    const script = join(folder, 'victim.mjs');
    const { transformFileSync } = await import('@swc/core');
    const { code } = transformFileSync(reaper.pathname, { jsc: { parser: { syntax: 'typescript' } } });
    writeFileSync(
      script,
      `${code}
      import { mkdirSync, writeFileSync } from 'node:fs';
      mkdirSync(${JSON.stringify(own)});
      const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
      startReaper(${JSON.stringify(own)}).guard(child.pid);
      writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100);`,
    );
    const victim = spawn(process.execPath, [script], { stdio: 'inherit' });
    await once(victim, 'exit');
    expect(existsSync(pidFile)).toBe(true);
    const { readFileSync } = await import('node:fs');
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await until(() => !isAlive(pid) && !existsSync(own));
  });
});

describe('given an environment that names a Redis', () => {
  it('uses it, and never ends it', async () => {
    const theirs = keep(await startRedis(options));
    const named = await findRedis({
      env: { ...env, LISTENERS_REDIS_HOST: '127.0.0.1', LISTENERS_REDIS_PORT: String(theirs.port) },
      say,
    });
    expect(named).toMatchObject({ port: theirs.port, origin: 'environment', startedByUs: false });
    await named.stop();
    await expect(named.kill()).rejects.toThrow('not ours');
    await expect(named.restart()).rejects.toThrow('not ours');
    expect((await redisAnswer({ host: named.host, port: named.port })).pid).toBe(theirs.pid);
  });

  it('says which one does not answer, and starts no other in its place', async () => {
    const port = await freePort();
    await expect(findRedis({ env: { ...env, LISTENERS_REDIS_PORT: String(port) }, say })).rejects.toThrow(
      new RegExp(`127\\.0\\.0\\.1:${port}, which the environment names.*ECONNREFUSED`),
    );
  });

  it.each(['six', '0', '70000', '6379.5'])('refuses the port %s', async (port) => {
    const refusal = findRedis({ env: { ...env, LISTENERS_REDIS_PORT: port }, say });
    await expect(refusal).rejects.toThrow('LISTENERS_REDIS_PORT is no port');
  });
});

async function certificates(folder: string): Promise<{ cert: string; key: string; ca: string }> {
  const cert = join(folder, 'cert.pem');
  const key = join(folder, 'key.pem');
  const child = spawn(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '1',
    ].concat(['-subj', '/CN=localhost', '-keyout', key, '-out', cert]),
    { stdio: 'ignore' },
  );
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error('openssl, which makes the certificates of this test, failed.');
  return { cert, key, ca: cert };
}

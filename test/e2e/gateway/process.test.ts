import { afterEach, describe, expect, it } from '@jest/globals';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from '../../wait-for.js';
import { SocketClient } from './running-gateway.js';

const environment = { ...process.env, NODE_OPTIONS: '', LISTENERS_MODE: 'legacy', PORT: '0' };
let child: ChildProcess;

afterEach(() => {
  child.kill('SIGKILL');
});

async function start(args: readonly string[], env: Record<string, string>): Promise<string> {
  const started = spawn(process.execPath, args, {
    env: { ...environment, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  const [line] = (await once(started.stdout, 'data')) as [Buffer];
  expect(line.toString()).toMatch(/^Crossfade gateway, mode legacy: http:/);
  return /http:\S+/.exec(line.toString())?.[0] ?? '';
}

function healthCheck(url: string): Promise<number> {
  const env = { ...environment, CROSSFADE_ROLE: 'gateway', PORT: new URL(url).port };
  return new Promise((resolve) => {
    execFile(process.execPath, ['dist/service/health-check.js'], { env }, (error) => {
      resolve(error === null ? 0 : Number(error.code));
    });
  });
}

describe('given the gateway as a process', () => {
  it.each([
    ['the command', ['dist/service/crossfade.js', 'gateway'], {}],
    ['the main file in that role', ['dist/main.js'], { CROSSFADE_ROLE: 'gateway' }],
  ])('runs by %s, and on SIGTERM sends its clients away and ends well', async (_name, args, env) => {
    const url = await start(args, { ...env, CROSSFADE_GATEWAY_DRAIN_MS: '4000' });
    expect(await healthCheck(url)).toBe(0);
    const clients = [1, 2, 3, 4].map((n) => new SocketClient(`${url.replace('http', 'ws')}/ws?uid=u${n}`));
    await Promise.all(clients.map(({ opened }) => opened));
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    // While it drains it says so, and takes nobody new.
    await waitFor('not ready', async () => (await fetch(`${url}/crossfade/readyz`)).status === 503);
    expect((await new SocketClient(`${url.replace('http', 'ws')}/ws?uid=u5`).refused).status).toBe(503);
    expect((await fetch(`${url}/crossfade/healthz`)).status).toBe(200);
    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([1001, 1001, 1001, 1001]);
    expect(await ended).toEqual([0, null]);
    expect(await healthCheck(url)).toBe(1);
  });
});

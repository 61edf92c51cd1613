import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { request } from 'node:http';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';
import { findRedis } from '../../../src/service/servers/find-redis.js';
import { freePort } from '../../../src/service/servers/free-port.js';
import type { RunningServer } from '../../../src/service/servers/running-server.js';
import type { LegacyTuple } from '../../../src/service/simulator/legacy-tuple.js';
import {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../../src/service/simulator/start-simulator.js';

let server: RunningServer;
const closers: (() => Promise<void> | void)[] = [];
const said: string[] = [];
const say = (line: string) => said.push(line);

beforeAll(async () => {
  server = await findRedis({ env: process.env, say });
});
afterAll(async () => {
  await server.stop();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function simulator(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const redis = { host: server.host, port: server.port };
  // A prefix of its own: the Redis may be one that the environment names, with others on it.
  const prefixes = { user: `user-${process.pid}:`, chat: `chat-${process.pid}:` };
  const started = await startSimulator({
    redis,
    prefixes,
    seed: 1,
    users: 3,
    changesPerSecond: 50,
    say,
    ...options,
  });
  closers.push(() => started.stop());
  return started;
}

async function subscriber(...topics: string[]): Promise<{ channel: string; text: string }[]> {
  const redis = new Redis({ host: server.host, port: server.port });
  closers.push(() => {
    redis.disconnect();
  });
  const messages: { channel: string; text: string }[] = [];
  redis.on('message', (channel: string, text: string) => messages.push({ channel, text }));
  await redis.subscribe(...topics.map((topic) => topic.replace(':', `-${process.pid}:`)));
  return messages;
}

async function socket(url: string, query: string): Promise<{ frames: string[]; socket: WebSocket }> {
  const opened = new WebSocket(`${url.replace('http', 'ws')}/ws?${query}`);
  const frames: string[] = [];
  opened.on('message', (data: Buffer) => frames.push(data.toString()));
  closers.push(() => {
    opened.terminate();
  });
  await once(opened, 'open');
  return { frames, socket: opened };
}

async function until(condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('The condition did not come true in time.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function get(url: string): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) });
      });
    })
      .on('error', reject)
      .end();
  });
}

describe('given a running simulator', () => {
  it('publishes on Redis for the user whose socket is open, and for nobody else', async () => {
    const { url } = await simulator();
    const messages = await subscriber('user:user1', 'user:user2');
    const { frames } = await socket(url, 'uid=user1');
    await until(() => messages.length > 10);
    expect(new Set(messages.map(({ channel }) => channel))).toEqual(new Set([`user-${process.pid}:user1`]));
    expect(
      messages.slice(0, 4).map(({ text }) => /^\{"type": "([\w.]+)", "uid": "user1"/.exec(text)?.[1]),
    ).toEqual(expect.arrayContaining(['notif.sync', 'msg.sync']));
    await until(() => frames.length >= 10);
    expect(frames.slice(0, 10)).toEqual(messages.slice(0, 10).map(({ text }) => text));
  });

  it('publishes a chat while the socket of the chat is open', async () => {
    const { url } = await simulator();
    const messages = await subscriber('chat:user1:sp1:th1', 'user:user1');
    const { socket: chat } = await socket(url, 'uid=user1&space_code=sp1&thread_key=th1');
    await until(() => messages.length > 2);
    expect(messages[0]?.channel).toBe(`chat-${process.pid}:user1:sp1:th1`);
    chat.close();
    await until(async () => {
      const { body } = await get(`${url}/debug`);
      return (body as { presence: { present: number } }).presence.present === 0;
    });
  });

  it('tells the legacy side what it publishes, and what it does not', async () => {
    const running = await simulator();
    const told: [string, LegacyTuple][] = [];
    const stop = running.listen({ uid: 'user1' }, (...each) => told.push(each));
    await until(() => told.length > 5);
    stop();
    expect(told[0]).toEqual(['user1', ['notifications', expect.anything()]]);
    expect(running.counts().published).toEqual({});
    expect(running.counts().silent).toBeGreaterThan(0);
  });

  it('switches faults while it runs, and says so', async () => {
    const running = await simulator({ faults: 'drop=100%' });
    const messages = await subscriber('user:user1');
    await socket(running.url, 'uid=user1');
    await until(() => running.counts().faults.reduce((sum, { count }) => sum + count, 0) > 3);
    expect(messages).toEqual([]);
    running.setFaults('off');
    await until(() => messages.length > 0);
    expect(said.join('\n')).toMatch(/seed 1, faults: drop=100%\.\n.*faults: off\./);
    expect(() => {
      running.setFaults('nonsense');
    }).toThrow('no fault "nonsense"');
  });

  it('answers for its health as the publisher does', async () => {
    const { url } = await simulator();
    await until(async () => (await get(`${url}/readyz`)).status === 200);
    expect(await get(`${url}/healthz`)).toEqual({ status: 200, body: { status: 'ok', redis: 'ok' } });
    expect(await get(`${url}/debug`)).toMatchObject({ status: 200, body: { redis: { status: 'ok' } } });
    expect((await get(`${url}/elsewhere`)).status).toBe(404);
  });

  it('tells the truth inside while its Redis is away, and publishes again when it is back', async () => {
    if (!server.startedByUs)
      throw new Error('This test kills its Redis: unset LISTENERS_REDIS_HOST and _PORT.');
    const running = await simulator();
    await socket(running.url, 'uid=user1');
    await until(async () => (await get(`${running.url}/readyz`)).status === 200);
    await server.kill('SIGKILL');
    await until(async () => (await get(`${running.url}/readyz`)).status === 503);
    expect(await get(`${running.url}/healthz`)).toEqual({
      status: 200,
      body: { status: 'ok', redis: 'error' },
    });
    expect(await get(`${running.url}/debug`)).toMatchObject({
      status: 200,
      body: { redis: { status: 'error' } },
    });
    await until(() => running.counts().lost > 0);
    await server.restart();
    const messages = await subscriber('user:user1');
    await until(() => messages.length > 0);
  });

  it.each([
    ['ws?uid=', 400],
    ['ws', 400],
    ['ws?uid=a%20b', 400],
    [`ws?uid=${'x'.repeat(129)}`, 400],
    ['elsewhere?uid=user1', 404],
  ])('refuses a socket on /%s', async (path, status) => {
    const { url } = await simulator();
    const refused = new WebSocket(`${url.replace('http', 'ws')}/${path}`);
    const [error] = (await once(refused, 'error')) as [Error];
    expect(error.message).toContain(String(status));
  });

  it('cuts off a socket that answers no ping', async () => {
    const { url } = await simulator({ heartbeatMs: 50 });
    const mute = new WebSocket(`${url.replace('http', 'ws')}/ws?uid=user1`, { autoPong: false });
    await once(mute, 'open');
    await once(mute, 'close');
  });

  it('keeps a socket that does', async () => {
    const { url } = await simulator({ heartbeatMs: 50 });
    const { socket: alive } = await socket(url, 'uid=user1');
    let pings = 0;
    alive.on('ping', () => {
      pings++;
    });
    await until(() => pings > 4);
    expect(alive.readyState).toBe(WebSocket.OPEN);
  });
});

describe('given a Redis that never comes', () => {
  it('starts all the same, says what is wrong, and stops', async () => {
    const running = await simulator({ redis: { host: '127.0.0.1', port: await freePort() } });
    await socket(running.url, 'uid=user1');
    await until(() => running.counts().lost > 3);
    expect((await get(`${running.url}/readyz`)).status).toBe(503);
    await running.stop();
    await running.stop();
    await expect(get(`${running.url}/healthz`)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('given a port that is taken', () => {
  it('fails, and leaves no connection behind', async () => {
    const { url } = await simulator();
    const port = Number(new URL(url).port);
    await expect(simulator({ port })).rejects.toThrow('EADDRINUSE');
  });
});

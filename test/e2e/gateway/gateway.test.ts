import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { waitFor } from '../../wait-for.js';
import { startGateway, type RunningGateway } from './running-gateway.js';

let publisher: Server;
let sockets: WebSocketServer;
let gateway: RunningGateway;

/** Says what it was asked, so that a change on the way is seen. */
async function startPublisher(): Promise<string> {
  publisher = createServer((request, response) => {
    if (request.url === '/base/slow') {
      response.write('first\n');
      setTimeout(() => response.end('second\n'), 50);
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response.writeHead(207, { 'x-publisher': 'yes', 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }),
      );
    });
  });
  sockets = new WebSocketServer({ server: publisher });
  sockets.on('connection', (socket, request) => {
    socket.on('message', (data: Buffer) => {
      socket.send(`${request.url ?? ''} ${data.toString()}`);
    });
  });
  await new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(publisher.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const url = await startPublisher();
  gateway = await startGateway(
    { mode: 'legacy' },
    { LISTENERS_SERVICE_URL: `${url}/base`, CROSSFADE_GATEWAY_MAX_CONNECTIONS_PER_UID: '3' },
  );
});
afterAll(async () => {
  await gateway.backend.stop();
  for (const socket of sockets.clients) socket.terminate();
  publisher.closeAllConnections();
  publisher.close();
});

const tuple = (uid: string, count: number, key?: string): unknown => ({
  uid,
  item: ['notifications', { notifications: [], count }],
  ...(key === undefined ? {} : { key }),
});
const metric = async (line: string): Promise<boolean> =>
  (await (await fetch(`${gateway.url}/crossfade/metrics`)).text()).includes(line);

describe('given a client of the publisher’s socket', () => {
  it('gets one envelope a text frame, in order', async () => {
    const client = gateway.connect('uid=u1');
    await client.opened;
    await gateway.feed([
      tuple('u1', 1),
      tuple('u2', 9),
      { uid: 'u1', item: { type: 'x.y', uid: 'u1', job_id: 7 } },
    ]);
    await waitFor('two frames', () => client.got.length === 2);
    expect(client.got).toEqual([
      { type: 'notif.sync', uid: 'u1', payload: { notifications: [], count: 1 } },
      { type: 'x.y', uid: 'u1', job_id: 7 },
    ]);
    client.socket.close();
    await client.closed;
  });

  it('gets one chat by its space and thread, and its own events where one of them is missing', async () => {
    const chat = gateway.connect('uid=u1&space_code=s&thread_key=t');
    const own = gateway.connect('uid=u1&space_code=s');
    await Promise.all([chat.opened, own.opened]);
    await gateway.feed([
      tuple('u1', 1),
      { uid: 'u1', item: ['chat_s_t', { space_code: 's', thread_key: 't', raw_messages: [{ id: 'm' }] }] },
    ]);
    await waitFor('a frame each', () => chat.got.length + own.got.length === 2);
    expect([chat.got[0]?.type, own.got[0]?.type]).toEqual(['chat.message', 'notif.sync']);
    for (const client of [chat, own]) client.socket.close();
    await Promise.all([chat.closed, own.closed]);
  });

  it('is answered when it pings, and is not read when it speaks', async () => {
    const client = gateway.connect('uid=u1');
    await client.opened;
    const pong = new Promise((resolve) => client.socket.once('pong', resolve));
    client.socket.send('hello');
    client.socket.ping('x');
    expect(String(await pong)).toBe('x');
    client.socket.close(1000);
    expect(await client.closed).toBe(1000);
  });

  it.each(['', 'uid=', 'uid=a%20b', 'uid=a&uid=b', 'uid=u1&space_code=a:b&thread_key=t'])(
    'is told with 400 what is wrong with ?%s',
    async (query) => {
      const { status, body } = await gateway.connect(query).refused;
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject({
        error: 'bad_request',
        message: expect.stringContaining('Give'),
      });
    },
  );

  it('is told to upgrade where it only asks', async () => {
    expect((await fetch(`${gateway.url}/ws?uid=u1`)).status).toBe(426);
  });

  it('may not be from a page of somewhere else, although it is on this machine', async () => {
    const page = gateway.connect('uid=u1', { origin: 'https://evil.example' });
    expect((await page.refused).status).toBe(403);
    const own = gateway.connect('uid=u1', { origin: 'http://localhost:3000' });
    await own.opened;
    own.socket.close();
    await own.closed;
  });
});

describe('given the same events as Server-Sent Events', () => {
  it('streams them, counts the stream, and lets it go', async () => {
    const abort = new AbortController();
    const response = await fetch(`${gateway.url}/events/u3`, { signal: abort.signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await waitFor('counted', () => metric('crossfade_gateway_connections{transport="sse"} 1'));
    await gateway.feed(tuple('u3', 5));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('notif.sync')) text += new TextDecoder().decode((await reader.read()).value);
    expect(text).toContain('data: {"type":"notif.sync","uid":"u3"');
    abort.abort();
    await waitFor('let go', () => metric('crossfade_gateway_connections{transport="sse"} 0'));
  });

  it.each(['/events/a%20b', '/events/%ff', '/events/u1/more'])('answers %s with 400', async (path) => {
    expect((await fetch(`${gateway.url}${path}`)).status).toBe(400);
  });
});

describe('given every other path', () => {
  it.each(['/rpc?x=1&y=%20', '/debug', '/healthz', '/readyz', '/', '/legacy', '/ws/', '/WS', '//ws'])(
    'passes %s on to the publisher as it came',
    async (path) => {
      const response = await fetch(`${gateway.url}${path}`, {
        method: 'POST',
        headers: { 'x-mine': 'kept', 'content-type': 'text/plain' },
        body: '{"not": "read"',
      });
      expect([response.status, response.headers.get('x-publisher')]).toEqual([207, 'yes']);
      expect(await response.json()).toMatchObject({
        method: 'POST',
        url: path === '/' ? '/base' : `/base${path}`,
        headers: { 'x-mine': 'kept', 'content-type': 'text/plain' },
        body: '{"not": "read"',
      });
    },
  );

  it('passes on what streams, and WebSockets too', async () => {
    const parts: string[] = [];
    const slow = (await fetch(`${gateway.url}/slow`)).body as ReadableStream<Uint8Array>;
    for await (const part of slow) parts.push(new TextDecoder().decode(part));
    expect(parts).toEqual(['first\n', 'second\n']);
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/other?a=b`);
    await new Promise((resolve) => socket.once('open', resolve));
    const said = new Promise((resolve) =>
      socket.once('message', (data: Buffer) => {
        resolve(data.toString());
      }),
    );
    socket.send('hi');
    expect(await said).toBe('/base/other?a=b hi');
    socket.close();
  });

  it('answers /crossfade itself', async () => {
    const [alive, ready, metrics, none] = await Promise.all(
      ['healthz', 'readyz', 'metrics', 'nothing'].map((name) => fetch(`${gateway.url}/crossfade/${name}`)),
    );
    expect(await alive?.json()).toEqual({ status: 'ok', degraded: [] });
    expect(await ready?.json()).toMatchObject({ status: 'ok', degraded: [] });
    expect(await metrics?.text()).toContain('crossfade_users{stage="legacy"}');
    expect(none?.status).toBe(404);
  });
});

describe('given POST /legacy/events', () => {
  it('takes a thing once, however often it comes with its key', async () => {
    const client = gateway.connect('uid=u4');
    await client.opened;
    const first = await gateway.feed([tuple('u4', 1, 'a'), tuple('u4', 2, 'b')]);
    expect([first.status, await first.json()]).toEqual([202, { accepted: 2, repeated: 0, refused: [] }]);
    const second = await gateway.feed([tuple('u4', 2, 'b'), tuple('u4', 3, 'c')]);
    expect(await second.json()).toEqual({ accepted: 1, repeated: 1, refused: [] });
    await waitFor('three', () => client.got.length >= 3);
    expect(client.got.map(({ payload }) => (payload as { count: number }).count)).toEqual([1, 2, 3]);
    client.socket.close();
    await client.closed;
  });

  it('takes the good ones and names the others by their index', async () => {
    const response = await gateway.feed([tuple('u5', 1), { uid: '', item: [] }, tuple('u5', 2)]);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      accepted: 2,
      repeated: 0,
      refused: [{ index: 1, message: expect.stringContaining('uid is no uid') }],
    });
    expect(await metric('crossfade_gateway_legacy_items_total{outcome="refused"} 1')).toBe(true);
  });

  it('refuses what is too large, no JSON, or from a page', async () => {
    const post = (body: string, headers: Record<string, string>): Promise<Response> =>
      fetch(`${gateway.url}/legacy/events`, { method: 'POST', body, headers });
    const json = { 'content-type': 'application/json' };
    expect((await post('{', json)).status).toBe(400);
    expect((await post('{}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post('{}', { ...json, origin: 'https://evil.example' })).status).toBe(403);
    const large = await post(
      JSON.stringify({ uid: 'u', item: ['a', { text: 'x'.repeat(4_194_304) }] }),
      json,
    );
    expect(large.status).toBe(413);
  });
});

describe('given limits', () => {
  it('turns away the fourth of three, and lets one in when one has gone', async () => {
    const three = [1, 2, 3].map(() => gateway.connect('uid=u6'));
    await Promise.all(three.map(({ opened }) => opened));
    const { status, body } = await gateway.connect('uid=u6').refused;
    expect([status, (JSON.parse(body) as { error: string }).error]).toEqual([429, 'uid_full']);
    expect((await fetch(`${gateway.url}/events/u6`)).status).toBe(429);
    three[0]?.socket.close();
    await three[0]?.closed;
    const next = gateway.connect('uid=u6');
    await next.opened;
    for (const client of [...three, next]) client.socket.close();
  });

  it('ends a client that sends binary, too much at once, or too often, each with its code', async () => {
    const [binary, large, often] = ['u7', 'u8', 'u9'].map((uid) => gateway.connect(`uid=${uid}`));
    await Promise.all([binary?.opened, large?.opened, often?.opened]);
    binary?.socket.send(Buffer.from([1, 2, 3]));
    large?.socket.send('x'.repeat(65_537));
    for (let count = 0; count < 51; count++) often?.socket.send('x');
    expect(await Promise.all([binary?.closed, large?.closed, often?.closed])).toEqual([1003, 1009, 1008]);
    await waitFor('counted', () => metric('crossfade_gateway_ended_total{reason="oversized"} 1'));
  });
});

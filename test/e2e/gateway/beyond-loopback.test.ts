import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { SignJWT } from 'jose';
import { waitFor } from '../../wait-for.js';
import { startGateway, type RunningGateway, type SocketClient } from './running-gateway.js';

const SECRET = 'a secret that is long enough for sha256';
const PAGE = 'https://app.example.org';
let gateway: RunningGateway;
/** listens all the while, and must notice nothing */
let witness: SocketClient;
let told = 0;

function token(uid: string | undefined, scope = '', exp = '1h'): Promise<string> {
  const jwt = new SignJWT({ scope }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(exp);
  return (uid === undefined ? jwt : jwt.setSubject(uid)).sign(new TextEncoder().encode(SECRET));
}
const bearer = async (...of: Parameters<typeof token>): Promise<{ authorization: string }> => ({
  authorization: `Bearer ${await token(...of)}`,
});
const connectAs = async (uid: string, ...of: Parameters<typeof token>): Promise<SocketClient> =>
  gateway.connect(`uid=${uid}`, { headers: await bearer(...of) });
const feed = async (uid: string, ...types: string[]): Promise<number> =>
  (
    await gateway.feed(
      types.map((type) => ({ uid, item: { type, uid } })),
      await bearer(undefined, 'crossfade:feed'),
    )
  ).status;

beforeAll(async () => {
  gateway = await startGateway(
    { mode: 'legacy' },
    {
      HOST: '0.0.0.0',
      CROSSFADE_GATEWAY_TOKEN_SECRET: SECRET,
      CROSSFADE_GATEWAY_ORIGINS: PAGE,
      CROSSFADE_GATEWAY_BUFFER_BYTES: '65536',
    },
  );
  witness = await connectAs('witness', 'witness');
  await witness.opened;
});
afterAll(async () => {
  await gateway.backend.stop();
});

/** Whoever listens beside gets the next thing at once, and has missed none. */
async function othersNoticeNothing(): Promise<void> {
  told++;
  expect(await feed('witness', `said ${told}`)).toBe(202);
  await waitFor('the witness hears', () => witness.got.length >= told, 1_000);
  expect(witness.got.map(({ type }) => type)).toEqual(
    Array.from({ length: told }, (_, i) => `said ${i + 1}`),
  );
}

describe('given a gateway that other machines can reach', () => {
  it.each([
    ['no token', 401, 'no_token', () => gateway.connect('uid=u1')],
    ['a token for another uid', 403, 'wrong_uid', async () => connectAs('u1', 'u2')],
    ['a token for nobody', 403, 'wrong_uid', async () => connectAs('u1', undefined, 'crossfade:feed')],
    ['an expired token', 401, 'bad_token', async () => connectAs('u1', 'u1', '', '-1m')],
    [
      'nonsense',
      401,
      'bad_token',
      () => gateway.connect('uid=u1', { headers: { authorization: 'Bearer x' } }),
    ],
    [
      'a page of elsewhere',
      403,
      'wrong_origin',
      async () => gateway.connect('uid=u1', { origin: 'https://evil.example', headers: await bearer('u1') }),
    ],
    [
      'a page of this machine',
      403,
      'wrong_origin',
      async () => gateway.connect('uid=u1', { origin: 'http://localhost:3000', headers: await bearer('u1') }),
    ],
  ] satisfies [string, number, string, () => SocketClient | Promise<SocketClient>][])(
    'answers %s with %d %s, and others notice nothing',
    async (_who, status, error, come) => {
      const refused = await (await come()).refused;
      expect([refused.status, JSON.parse(refused.body)]).toEqual([
        status,
        { error, message: expect.stringMatching(/(Send|Get|Add) /) },
      ]);
      await othersNoticeNothing();
    },
  );

  it('lets in a token by header, by query, and beside the protocol that a page offers', async () => {
    const jwt = await token('u1');
    const clients = [
      gateway.connect('uid=u1', { headers: { authorization: `Bearer ${jwt}` } }),
      gateway.connect(`uid=u1&token=${jwt}`),
      gateway.connect('uid=u1', { protocols: ['crossfade', `crossfade.bearer.${jwt}`], origin: PAGE }),
    ];
    await Promise.all(clients.map(({ opened }) => opened));
    // The token is not said back.
    expect(clients.map(({ socket }) => socket.protocol)).toEqual(['', '', 'crossfade']);
    for (const { socket } of clients) socket.terminate();
  });

  it('lets a page of a known origin read event streams, by the same rules', async () => {
    const read = async (headers: Record<string, string>, query = ''): Promise<Response> => {
      const abort = new AbortController();
      const response = await fetch(`${gateway.url}/events/u1${query}`, { headers, signal: abort.signal });
      if (response.status === 200) abort.abort();
      return response;
    };
    expect((await read({})).status).toBe(401);
    expect((await read(await bearer('u2'))).status).toBe(403);
    expect((await read({ ...(await bearer('u1')), origin: 'https://evil.example' })).status).toBe(403);
    const page = await read({ origin: PAGE }, `?token=${await token('u1')}`);
    expect([page.status, page.headers.get('access-control-allow-origin')]).toEqual([200, PAGE]);
  });

  it('takes legacy events only with their own scope, and passes on only with another', async () => {
    const entry = { uid: 'u1', item: { type: 't', uid: 'u1' } };
    expect((await gateway.feed(entry)).status).toBe(401);
    expect((await gateway.feed(entry, await bearer('u1'))).status).toBe(403);
    expect((await gateway.feed(entry, await bearer(undefined, 'a crossfade:feed'))).status).toBe(202);
    const pass = async (path: string, headers = {}): Promise<number> =>
      (await fetch(`${gateway.url}${path}`, { headers })).status;
    for (const path of ['/rpc', '/WS?uid=u1', '/%77s?uid=u1', '//ws?uid=u1'])
      expect([path, await pass(path), await pass(path, await bearer('u1'))]).toEqual([path, 401, 403]);
    // There is no publisher here: that is what a token of the right scope is told.
    expect(await pass('/rpc', await bearer(undefined, 'crossfade:pass'))).toBe(404);
    expect(await pass('/crossfade/readyz')).toBe(200);
  });

  it('ends a client whose token ends, with a code that says so', async () => {
    // Clocks may differ by 5 s, so this one has a moment left.
    const client = await connectAs('u1', 'u1', '', '-4s');
    await client.opened;
    expect(await client.closed).toBe(4401);
    await othersNoticeNothing();
  });
});

describe('given clients who misbehave', () => {
  it('ends oversized and binary frames with their codes', async () => {
    const [large, binary] = [await connectAs('u1', 'u1'), await connectAs('u1', 'u1')];
    await Promise.all([large.opened, binary.opened]);
    large.socket.send('x'.repeat(70_000));
    binary.socket.send(Buffer.alloc(10));
    expect(await Promise.all([large.closed, binary.closed])).toEqual([1009, 1003]);
    await othersNoticeNothing();
  });

  it('lets in fifty of a thousand connections of one uid, and turns away the others', async () => {
    const headers = await bearer('crowd');
    const all = Array.from({ length: 1_000 }, () => gateway.connect('uid=crowd', { headers }));
    const statuses = await Promise.all(
      all.map(({ opened, refused }) =>
        Promise.race([opened.then(() => 101), refused.then(({ status }) => status)]),
      ),
    );
    expect(statuses.filter((status) => status === 101)).toHaveLength(50);
    expect(statuses.filter((status) => status === 429)).toHaveLength(950);
    await othersNoticeNothing();
    for (const { socket } of all) socket.terminate();
  });

  it('gives a client that never reads a bounded buffer and then a code, and delays nobody', async () => {
    const jwt = await token('deaf');
    const deaf = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    await once(deaf, 'connect');
    deaf.write(upgradeOf(jwt));
    await once(deaf, 'data');
    deaf.pause();
    const slowest = await floodWhileOthersListen();
    expect(slowest).toBeLessThan(1_000);
    await waitFor(
      'it is sent away',
      async () =>
        (await (await fetch(`${gateway.url}/crossfade/metrics`)).text()).includes(
          'crossfade_gateway_ended_total{reason="too_slow"} 1',
        ),
      20_000,
    );
    // What was under way comes now, and then the end; the rest of the flood was kept nowhere.
    let cameBytes = 0;
    deaf.on('data', ({ length }: Buffer) => (cameBytes += length));
    deaf.on('error', () => undefined);
    const ended = new Promise((resolve) => deaf.once('close', resolve));
    deaf.resume();
    await ended;
    expect(cameBytes).toBeLessThan(FLOOD_BYTES * 0.75);
  });

  it('tells a client that was slow for a moment what it missed, with the newest lists', async () => {
    const client = await connectAs('slow', 'slow');
    await client.opened;
    client.socket.pause();
    await tellLists('slow', 140);
    await new Promise((resolve) => setImmediate(resolve));
    client.socket.resume();
    await waitFor('the notice', () => client.got.some(({ type }) => type === 'crossfade.resync'), 15_000);
    const notice = client.got.findIndex(({ type }) => type === 'crossfade.resync');
    // What was already on its way has come; everything else is counted.
    const came = client.got.filter(({ type }) => type === 'event').length;
    expect(client.got[notice]).toMatchObject({
      uid: 'slow',
      payload: { reason: 'slow_client', missed: 140 - came },
    });
    await waitFor('the list', () => client.got.length > notice + 1);
    expect(client.got[notice + 1]).toMatchObject({ type: 'notif.sync', payload: { n: 139 } });
    await feed('slow', 'after');
    await waitFor('what comes after', () => client.got.at(-1)?.type === 'after');
    client.socket.terminate();
  });
});

function upgradeOf(jwt: string): string {
  const headers = [
    'GET /ws?uid=deaf HTTP/1.1',
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Authorization: Bearer ${jwt}`,
  ];
  return `${headers.join('\r\n')}\r\n\r\n`;
}

/** 16 MB for the deaf one, and a word for the witness after each piece; returns the longest wait of the witness. */
const FLOOD_BYTES = 16_000_000;

async function floodWhileOthersListen(): Promise<number> {
  let slowest = 0;
  for (let piece = 0; piece < FLOOD_BYTES / 1_000_000; piece++) {
    const text = 'x'.repeat(100_000);
    const items = Array.from({ length: 10 }, () => ({
      uid: 'deaf',
      item: { type: 't', uid: 'deaf', payload: { text } },
    }));
    await gateway.feed(items, await bearer(undefined, 'crossfade:feed'));
    const sinceMs = performance.now();
    await othersNoticeNothing();
    slowest = Math.max(slowest, performance.now() - sinceMs);
  }
  return slowest;
}

/** Lists of 100 KB with an event after each. */
async function tellLists(uid: string, count: number): Promise<void> {
  const text = 'x'.repeat(100_000);
  const headers = await bearer(undefined, 'crossfade:feed');
  for (let first = 0; first < count; first += 20) {
    const items = Array.from({ length: 20 }, (_, i) => [
      { uid, item: ['notifications', { n: first + i, text }] },
      { uid, item: { type: 'event', uid } },
    ]).flat();
    expect((await gateway.feed(items, headers)).status).toBe(202);
  }
}

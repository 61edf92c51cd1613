import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NoticeMessage } from '../../src/contracts/notice.js';
import { WebhookNotice } from '../../src/coordination/webhook-notice.js';
import type { Cancel } from '../../src/contracts/clock.js';
import { ManualClock } from '../manual-clock.js';
import { waitFor } from '../wait-for.js';

interface Post {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const SECRET = 'a secret of the webhook';
/** Knows which timers were set. */
class TimerBook extends ManualClock {
  readonly delaysMs: number[] = [];

  override after(delayMs: number, task: () => void): Cancel {
    this.delaysMs.push(delayMs);
    return super.after(delayMs, task);
  }
}

let clock: TimerBook;
let server: Server;
let posts: Post[];
let failures: string[];
/** how the webhook answers; undefined: never */
let answer: number | undefined;

beforeEach(async () => {
  clock = new TimerBook();
  posts = [];
  failures = [];
  answer = 200;
  server = createServer((request, response) => void take(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  posts.push({ headers: request.headers, body });
  if (answer !== undefined) response.writeHead(answer).end();
}

function notice(secret: string | undefined = SECRET): WebhookNotice {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/hooks/T0/secret-path`;
  return new WebhookNotice({ url, secret, clock, onFailure: (message) => failures.push(message) });
}

const said = (detail: string): NoticeMessage => ({ kind: 'hand_edit', detail });
const came = (count: number): Promise<void> => waitFor(`${count} posts`, () => posts.length === count);
/** Each post sets a timer for itself, and one for the next try when it has failed. */
const failed = (posted: number): Promise<void> =>
  waitFor(`failure ${posted}`, () => clock.delaysMs.length === 2 * posted);

/** Lets four tries pass, each after its time. */
async function exhaust(): Promise<void> {
  for (const [tries, delayMs] of [1_000, 5_000, 30_000, 120_000].entries()) {
    await failed(tries + 1);
    expect(clock.delaysMs.at(-1)).toBe(delayMs);
    clock.advance(delayMs);
  }
  await waitFor('it to be given up', () => failures.length === 1);
}

describe('given a webhook that takes what it gets', () => {
  it('is told in a line for people and with everything beside it, signed', async () => {
    notice().tell(said('Somebody set serve to 50.'));
    await came(1);
    const [{ headers, body } = { headers: {}, body: '' }] = posts;
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toEqual({
      text: 'Crossfade: Somebody set serve to 50.',
      notice: said('Somebody set serve to 50.'),
    });
    const timestamp = headers['x-crossfade-timestamp'];
    expect(timestamp).toBe(String(clock.nowMs() / 1000));
    const expected = createHmac('sha256', SECRET)
      .update(`${String(timestamp)}.${body}`)
      .digest('hex');
    expect(headers['x-crossfade-signature']).toBe(`sha256=${expected}`);
  });

  it('is not sent a signature where there is no secret', async () => {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;
    new WebhookNotice({ url, secret: undefined, clock }).tell(said('x'));
    await came(1);
    expect(posts[0]?.headers['x-crossfade-signature']).toBeUndefined();
  });

  it('is told one thing after the other, and leaves no timer behind', async () => {
    const telling = notice();
    for (const detail of ['first', 'second', 'third']) telling.tell(said(detail));
    await came(3);
    expect(posts.map(({ body }) => (JSON.parse(body) as { text: string }).text)).toEqual([
      'Crossfade: first',
      'Crossfade: second',
      'Crossfade: third',
    ]);
    await waitFor('no timer', () => clock.pending === 0);
    expect(failures).toEqual([]);
  });
});

describe('given a webhook that answers 500', () => {
  beforeEach(() => {
    answer = 500;
  });

  it('is tried again with a fresh signature, and once more it is well no further', async () => {
    notice().tell(said('x'));
    await failed(1);
    answer = 204;
    clock.advance(1_000);
    await came(2);
    await waitFor('no timer', () => clock.pending === 0);
    const [first, second] = posts;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['x-crossfade-signature']).not.toBe(first?.headers['x-crossfade-signature']);
    expect(failures).toEqual([]);
  });

  it('is given up after the fifth try, and its address is not told', async () => {
    notice().tell(said('x'));
    await exhaust();
    expect(posts).toHaveLength(5);
    expect(failures).toEqual(['A notice was given up: the webhook answered 500.']);
  });
});

describe('given a webhook that takes the connection and never answers', () => {
  it('is left after its time, tried again, and keeps nobody waiting', async () => {
    answer = undefined;
    const telling = notice();
    telling.tell(said('x'));
    await came(1);
    clock.advance(5_000);
    await failed(1);
    answer = 200;
    clock.advance(1_000);
    await came(2);
  });

  it('lets no more than a hundred notices wait, and says that it dropped some', async () => {
    answer = undefined;
    const telling = notice();
    for (let n = 0; n < 103; n++) telling.tell(said(String(n)));
    await came(1);
    expect(failures).toEqual(Array(2).fill('More notices wait than are kept: the oldest was dropped.'));
  });
});

describe('given a webhook that is not there', () => {
  it('is given up like any other, in words without its address', async () => {
    const telling = notice();
    server.close();
    await once(server, 'close');
    telling.tell(said('x'));
    await exhaust();
    expect(failures).toEqual(['A notice was given up: the webhook cannot be reached.']);
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PublisherReadiness } from '../../src/presence/publisher-readiness.js';
import { ManualClock } from '../manual-clock.js';
import { waitFor } from '../wait-for.js';

let server: Server;
let clock: ManualClock;
let readiness: PublisherReadiness;
let said: string[];
let asked: string[];
/** what the publisher answers; undefined: nothing */
let status: number | undefined;

beforeEach(async () => {
  asked = [];
  said = [];
  status = 200;
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (status !== undefined) response.writeHead(status, { location: '/healthz' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  clock = new ManualClock();
  readiness = new PublisherReadiness({
    serviceUrl: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/base/`,
    clock,
    intervalMs: 3_000,
    listener: {
      unready: (sinceMs) => said.push(`unready since ${sinceMs}`),
      ready: () => said.push('ready'),
      unknown: (code) => said.push(`unknown ${code}`),
    },
  });
});
afterEach(async () => {
  readiness.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(clock.pending).toBe(0);
});

/** Lets it ask so many times, each answered before the next; what is never answered is given up after 3 s. */
async function questions(count: number): Promise<void> {
  for (let question = 0; question < count; question++) {
    const before = asked.length;
    clock.advance(3_000);
    await waitFor('a question', () => asked.length > before);
    if (status === undefined) clock.advance(3_000);
    // Only its own interval is left: the answer has been taken.
    await waitFor('an answer', () => clock.pending === 1);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('given a publisher that says it can publish', () => {
  it('asks its readyz under the base URL, one question at a time, and says nothing', async () => {
    await questions(3);
    expect(new Set(asked)).toEqual(new Set(['/base/readyz']));
    status = undefined;
    const before = asked.length;
    clock.advance(3_000);
    await waitFor('a question', () => asked.length > before);
    clock.advance(2_900);
    expect(said).toEqual([]);
  });
});

describe('given a publisher that says it cannot', () => {
  it.each([503, 502, undefined])(
    'is known after three answers of %s, and well again after two good ones',
    async (bad) => {
      await questions(2);
      status = bad;
      await questions(2);
      expect(said).toEqual([]);
      await questions(1);
      expect(said).toEqual(['unready since 6000']);
      status = 200;
      await questions(1);
      expect(said).toHaveLength(1);
      await questions(1);
      expect(said.slice(1)).toEqual(['ready']);
    },
  );

  it('is not taken for ill over single bad answers', async () => {
    for (const one of [503, 503, 200, 503, 200, 503, 503, 200]) {
      status = one;
      await questions(1);
    }
    expect(said).toEqual([]);
  });
});

describe('given a publisher that cannot be asked', () => {
  it.each([404, 401, 302, 501])('says so once when it answers %s, and doubts nothing', async (other) => {
    status = other;
    await questions(5);
    expect(said).toEqual([`unknown ${other}`]);
  });

  it('ends a doubt when nothing is said about it any more', async () => {
    status = 503;
    await questions(3);
    status = 404;
    await questions(2);
    expect(said.slice(1)).toEqual(['unknown 404', 'ready']);
  });
});

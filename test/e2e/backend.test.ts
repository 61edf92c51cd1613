import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { CrossfadeDrain, InProcessSource } from '../../src/index.js';
import { BackendModule } from '../../src/service/backend/backend.module.js';
import { createBackend, type Backend } from '../../src/service/backend/create-backend.js';
import { Serving } from '../../src/service/health/serving.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { waitFor } from '../wait-for.js';

const legacySource = new InProcessSource();
let backend: Backend;
let url: string;

beforeAll(async () => {
  const reader = new FakeFlags().set('u1', true, true);
  backend = await createBackend(
    BackendModule.with({
      mode: 'local',
      legacySource,
      redis: { host: '127.0.0.1', port: 1 },
      flags: { reader },
    }),
  );
  url = await backend.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => backend.stop());

async function readStream(path: string, until: (text: string) => boolean, act: () => void): Promise<string> {
  const abort = new AbortController();
  const response = await fetch(`${url}${path}`, { signal: abort.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  act();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  while (!until(text)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  abort.abort();
  return text;
}

describe('given the reference backend with a Redis that is not there', () => {
  it('streams a user’s events with stage and source before them', async () => {
    await waitFor('Redis is seen to be down', async () =>
      ((await (await fetch(`${url}/readyz`)).json()) as { degraded: string[] }).degraded.some((line) =>
        line.includes('ECONNREFUSED'),
      ),
    );
    const text = await readStream(
      '/events/u1',
      (all) => all.includes('notif.sync'),
      () => {
        legacySource.push('u1', ['notifications', { notifications: [], count: 0 }]);
      },
    );
    expect(text).toContain('event: route\ndata: {"stage":"live","source":"legacy"}\n\n');
    expect(text).toContain('data: {"type":"notif.sync","uid":"u1"');
  });

  it('streams one chat by its space and thread', async () => {
    const text = await readStream(
      '/events/u1?space_code=s&thread_key=t',
      (all) => all.includes('chat.message'),
      () => {
        legacySource.push('u1', ['chat_s_t', { space_code: 's', thread_key: 't', raw_messages: [] }]);
      },
    );
    expect(text).toContain('chat.message');
  });

  it('closes the source when the screen goes', async () => {
    await waitFor('nobody reads', () => !legacySource.isAttached({ uid: 'u1' }));
  });

  it.each([
    '/events/a%20b',
    `/events/${'x'.repeat(129)}`,
    '/events/u1?space_code=s',
    '/events/u1?space_code=a:b&thread_key=t',
    '/events/u1?space_code=a&space_code=b&thread_key=t',
  ])('answers %s with 400 and the cure', async (path) => {
    const response = await fetch(`${url}${path}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: expect.stringMatching(/^invalid_/),
      message: expect.stringContaining('Give'),
    });
  });

  it('is alive and ready although Redis is ill, and names what is ill', async () => {
    const [alive, ready] = [await fetch(`${url}/healthz`), await fetch(`${url}/readyz`)];
    expect([alive.status, ready.status]).toEqual([200, 200]);
    expect(await ready.json()).toMatchObject({
      ...{ status: 'ok', degraded: expect.arrayContaining([expect.stringMatching(/^redis: /)]) },
    });
  });

  it('is not ready while it drains', async () => {
    const serving = backend.app.get(Serving);
    serving.state = 'draining';
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    serving.state = 'serving';
  });

  it('shows its metrics without any uid, and its page', async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('crossfade_events_delivered_total{source="legacy",type="notif.sync"} 1');
    expect(metrics).not.toContain('u1');
    const page = await fetch(url);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await page.text()).toContain('<title>Crossfade');
  });
});

describe('given messages larger than usual', () => {
  const whole = (path: string, act: () => void) =>
    readStream(path, (all) => all.includes('"type":"last"'), act);
  const last = (): void => {
    legacySource.push('u1', { type: 'last', uid: 'u1' });
  };

  it('delivers one of more than a megabyte to a screen that keeps up', async () => {
    const text = await whole('/events/u1', () => {
      legacySource.push('u1', ['messages', { text: 'x'.repeat(1_200_000) }]);
      last();
    });
    expect(text.length).toBeGreaterThan(1_200_000);
  });

  it('delivers a burst of snapshots that come in one turn', async () => {
    const text = await whole('/events/u1', () => {
      for (let i = 0; i < 8; i++) legacySource.push('u1', ['messages', { text: 'x'.repeat(180_000) }]);
      last();
    });
    expect(text.length).toBeGreaterThan(8 * 180_000);
  });

  it('cuts off a screen that reads nothing', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => {
      socket.pause().write('GET /events/slow HTTP/1.1\r\nHost: x\r\n\r\n');
    });
    socket.on('error', () => undefined);
    await waitFor('the screen listens', () => legacySource.isAttached({ uid: 'slow' }));
    // It is given ten seconds to catch up.
    await waitFor(
      'it is cut off',
      () => {
        legacySource.push('slow', ['messages', { text: 'x'.repeat(100_000) }]);
        return !legacySource.isAttached({ uid: 'slow' });
      },
      20_000,
    );
    socket.destroy();
  });
});

describe('given a legacy item that JSON cannot say', () => {
  it('says so to the screen, and goes on', async () => {
    const text = await readStream(
      '/events/u1',
      (all) => all.includes('msg.sync'),
      () => {
        legacySource.push('u1', ['notifications', { amount: 1n }]);
        legacySource.push('u1', ['messages', { messages: [] }]);
      },
    );
    expect(text).toContain('event: unwritable\ndata: {"type":"notif.sync"}\n\n');
  });
});

describe('given a screen that comes while the module is closing', () => {
  it('ends its stream, and the process lives on', async () => {
    const other = await createBackend(
      BackendModule.with({ mode: 'legacy', legacySource: new InProcessSource() }),
    );
    const address = await other.listen({ host: '127.0.0.1', port: 0 });
    await other.app.get(CrossfadeDrain, { strict: false }).drain();
    expect(await (await fetch(`${address}/events/u1`)).text()).toBe('');
    await other.stop();
  });
});

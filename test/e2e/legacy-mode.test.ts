import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Socket } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { CrossfadeModule, EventProvider, InProcessSource } from '../../src/index.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { ManualClock } from '../manual-clock.js';

// eslint-disable-next-line @typescript-eslint/unbound-method -- put back where it was taken from
const connect = Socket.prototype.connect;
let connections = 0;

beforeEach(() => {
  connections = 0;
  Socket.prototype.connect = function counting(this: Socket, ...args: unknown[]) {
    connections++;
    return Reflect.apply(connect, this, args) as Socket;
  };
});
afterEach(() => {
  Socket.prototype.connect = connect;
});

describe('given a backend in legacy mode', () => {
  it('opens no socket, keeps no timer, asks no flag, and delivers what the queue gives', async () => {
    const flags = new FakeFlags().set('u1', true, true);
    let asked = 0;
    flags.cohorts = () => {
      asked++;
      return undefined;
    };
    const clock = new ManualClock();
    const legacySource = new InProcessSource();
    const app = await NestFactory.createApplicationContext(
      CrossfadeModule.forRoot({
        mode: 'legacy',
        legacySource,
        redis: { host: '127.0.0.1', port: 6379 },
        flags: { reader: flags },
        presence: { serviceUrl: 'http://127.0.0.1:8080' },
        clock,
      }),
      { logger: false, abortOnError: false },
    );
    const got: string[] = [];
    const events = app.get(EventProvider);
    events.listen('u1', (event) => got.push(`${event.source} ${event.type}`));
    legacySource.push('u1', ['notifications', { notifications: [] }]);
    legacySource.push('u1', ['messages', { messages: [] }]);
    expect(got).toEqual(['legacy notif.sync', 'legacy msg.sync']);
    expect(events.route('u1')).toEqual({ stage: 'legacy', reason: 'mode' });
    await new Promise((resolve) => setImmediate(resolve));
    expect({ connections, timers: clock.pending, asked, listeners: flags.listenerCount }).toEqual({
      connections: 0,
      timers: 0,
      asked: 0,
      listeners: 0,
    });
    await app.close();
  });
});

describe('given options that cannot be', () => {
  it('names every fault at once, each with its cure, and starts nothing', async () => {
    const starting = NestFactory.createApplicationContext(CrossfadeModule.forRoot({ mode: 'prod' }), {
      logger: false,
      abortOnError: false,
    });
    await expect(starting).rejects.toThrow(
      /legacySource is missing: give.*redis is missing.*give host.*flags are missing.*give/s,
    );
    expect(connections).toBe(0);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CoordinationRedis } from '../../src/coordination/coordination-redis.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';

let redis: TestRedis;
const open: CoordinationRedis[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

function coordination(port: number): CoordinationRedis {
  const made = new CoordinationRedis({ endpoint: { host: '127.0.0.1', port }, clock: new SystemClock() });
  open.push(made);
  return made;
}

describe('given a Redis that the replicas share', () => {
  it('carries keys and control channels', async () => {
    const [one, two] = [coordination(redis.server.port), coordination(redis.server.port)];
    const heard: string[] = [];
    let isHeard = false;
    two.onConnected(() => {
      isHeard = true;
    });
    const stop = two.listen('crossfade:test', (message) => heard.push(message));
    expect(await one.ready(5_000)).toBe(true);
    await waitFor('the channel is heard', () => isHeard && two.isUp);
    await waitFor('a message arrives', async () => {
      await one.commands.publish('crossfade:test', 'hello');
      return heard.includes('hello');
    });
    await one.commands.set('crossfade:key', 'value');
    expect(await two.commands.get('crossfade:key')).toBe('value');
    stop();
    await waitFor(
      'the channel is left',
      async () => (await one.commands.publish('crossfade:test', 'x')) === 0,
    );
  });

  it('tells again when it is back, and hears its channels again', async () => {
    const one = coordination(redis.server.port);
    const heard: string[] = [];
    let times = 0;
    one.onConnected(() => times++);
    one.listen('crossfade:test', (message) => heard.push(message));
    await waitFor('it is up', () => one.isUp && times > 0);
    const before = times;
    await redis.client.client('KILL', 'TYPE', 'pubsub');
    await redis.client.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await waitFor('it is back', () => one.isUp && times > before);
    await waitFor('it hears', async () => {
      await redis.client.publish('crossfade:test', 'again');
      return heard.includes('again');
    });
  });
});

describe('given no Redis', () => {
  it('rejects commands at once, says why, and is not ready', async () => {
    const none = coordination(1);
    expect(await none.ready(50)).toBe(false);
    await expect(none.commands.get('k')).rejects.toThrow();
    await waitFor('the reason is known', () => none.lastProblem?.includes('ECONNREFUSED') === true);
  });
});

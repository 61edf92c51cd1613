import { describe, expect, it } from '@jest/globals';
import { startRuntime } from '../../src/nest/crossfade-runtime.js';
import { InProcessSource } from '../../src/sources/in-process-source.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { ManualClock } from '../manual-clock.js';

describe('given a start that fails after the connection to Redis was begun', () => {
  it.each([
    ['the comparison', { comparing: { maxQueued: -1 } }],
    ['presence', { presence: { serviceUrl: 'nonsense' } }],
  ])('names the fault of %s and leaves no timer', async (_part, wrong) => {
    const clock = new ManualClock();
    const starting = startRuntime({
      mode: 'local',
      legacySource: new InProcessSource(),
      redis: { host: '127.0.0.1', port: 1 },
      flags: { reader: new FakeFlags() },
      clock,
      ...wrong,
    });
    await expect(starting).rejects.toThrow(/maxQueued|base URL/);
    expect(clock.pending).toBe(0);
  });
});

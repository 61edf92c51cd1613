import { describe, expect, it } from '@jest/globals';
import { initFlags } from '../../src/flags/init-flags.js';
import type { UnleashAdmin } from '../../src/flags/unleash-admin.js';
import { flagOf } from './make-flags.js';

const DONE = Promise.resolve({ status: 200, body: {}, problem: undefined });

describe('given a flag whose strategy somebody takes away while it is switched on', () => {
  it('switches it off again, because Unleash has then made a strategy at 100 %', async () => {
    const said: string[] = [];
    let rollout = '0';
    let enabled = false;
    const admin = {
      flags: () =>
        Promise.resolve({
          features: { features: [{ ...flagOf('crossfade-compare', rollout), enabled }] },
          strategyIds: { compare: ['c'], serve: [] },
        }),
      switchTo: (_flag: string, position: string) => {
        said.push(position);
        enabled = position === 'on';
        rollout = '100';
        return DONE;
      },
    } as unknown as UnleashAdmin;
    const { problems } = await initFlags(admin);
    expect(said).toEqual(['on', 'off']);
    expect(problems).toEqual([expect.stringMatching(/crossfade-compare was not at 0 %.+it is off again/)]);
  });
});

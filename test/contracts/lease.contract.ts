import { describe, expect, it } from '@jest/globals';
import type { Lease } from '../../src/contracts/lease.js';

/** What a lease is made in; `expire` lets the time pass in which it is not renewed. */
export interface LeaseBench {
  /** another contender for the same lease */
  contender(): Lease;
  expire(): Promise<void>;
}

/** Every lease keeps these promises. */
export function leaseContract(name: string, begin: () => LeaseBench | Promise<LeaseBench>): void {
  describe(`given a lease ${name}`, () => {
    it('is one contender’s at a time, who keeps the token while renewing', async () => {
      const bench = await begin();
      const [first, second] = [bench.contender(), bench.contender()];
      const granted = await first.acquire();
      expect(granted?.token).toBeGreaterThan(0);
      expect(await second.acquire()).toBeUndefined();
      expect((await first.acquire())?.token).toBe(granted?.token);
    });

    it('goes to another when it is not renewed, with a larger token, and is not given back by waking up', async () => {
      const bench = await begin();
      const [frozen, successor] = [bench.contender(), bench.contender()];
      const before = await frozen.acquire();
      await bench.expire();
      const after = await successor.acquire();
      expect(after?.token).toBeGreaterThan(before?.token ?? Infinity);
      expect(await frozen.acquire()).toBeUndefined();
      await frozen.release();
      expect((await successor.acquire())?.token).toBe(after?.token);
    });

    it('is free at once when it is given up, and the next token is larger all the same', async () => {
      const bench = await begin();
      const [first, second] = [bench.contender(), bench.contender()];
      const before = await first.acquire();
      await first.release();
      expect((await second.acquire())?.token).toBeGreaterThan(before?.token ?? Infinity);
    });
  });
}

import dns from 'node:dns';
import { isIP } from 'node:net';
import type { Checkpoint } from './checkpoint.js';
import { fault, ok } from './finding.js';

/** Asks for the host's addresses as the client will. */
export const dnsCheckpoint: Checkpoint = {
  name: 'dns',
  needs: [],
  limitMs: 5_000,
  cure: 'Ask for the name by hand (getent hosts NAME) where the backend runs, and see to its resolver.',
  async run({ redis: { host } }) {
    if (isIP(host) !== 0) return [ok(`${host} is an address, nothing to look up`)];
    try {
      const addresses = await lookup(host);
      return [ok(`${host} is ${addresses.join(', ')}`)];
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      return [
        fault(
          `The name ${host} is not known here (${code})`,
          'Correct LISTENERS_REDIS_HOST. A name inside a VPC is known only there: run this where the backend runs.',
        ),
      ];
    }
  },
};

function lookup(host: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    dns.lookup(host, { all: true }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses.map(({ address }) => address));
    });
  });
}

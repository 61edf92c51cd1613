import { beforeEach, describe, expect, it } from '@jest/globals';
import { Canary, type ProvenLink } from '../../src/sources/canary.js';
import { ManualClock } from '../manual-clock.js';
import { settle } from '../settle.js';

/** A link that does what the test says, and a Redis that takes what is published. */
class FakeLink implements ProvenLink {
  provenAtMs = 0;
  /** messages on their way to the subscriber */
  readonly underWay: string[] = [];
  readonly broken: string[] = [];
  subscribeFails: Error | undefined;
  publishFails: Error | undefined;

  subscribe(): Promise<unknown> {
    return this.subscribeFails === undefined ? Promise.resolve(1) : Promise.reject(this.subscribeFails);
  }

  breakOff(cause: 'canary'): void {
    this.broken.push(cause);
  }

  publish = (_channel: string, text: string): Promise<unknown> => {
    if (this.publishFails !== undefined) return Promise.reject(this.publishFails);
    this.underWay.push(text);
    return Promise.resolve(1);
  };
}

let clock: ManualClock;
let link: FakeLink;
let said: string[];
let canary: Canary;

beforeEach(async () => {
  clock = new ManualClock();
  link = new FakeLink();
  said = [];
  canary = new Canary(link, {
    clock,
    publish: link.publish,
    listener: {
      heard: () => said.push('heard'),
      lost: (sinceMs) => said.push(`lost since ${sinceMs}`),
      unsent: () => said.push('unsent'),
      off: (error) => said.push(`off: ${error.message}`),
    },
  });
  canary.up();
  await settle();
});

/** Seconds in which every PING is answered at once, and what is published comes home where `hears`. */
async function seconds(count: number, hears: boolean): Promise<void> {
  for (let second = 0; second < count; second++) {
    clock.advance(1_000);
    await settle();
    link.provenAtMs = clock.elapsedMs();
    for (const text of link.underWay.splice(0)) if (hears) canary.heard(text);
  }
}

describe('given a link that carries what is published', () => {
  it('has each canary home, and one timer', async () => {
    await seconds(3, true);
    expect(said).toEqual(['heard', 'heard', 'heard']);
    expect(clock.pending).toBe(1);
    canary.close();
    expect(clock.pending).toBe(0);
  });

  it('loses none while the link has not answered what was asked after it: late is not lost', async () => {
    clock.advance(1_000);
    await settle();
    link.provenAtMs = 1_900;
    clock.freeze(20_000);
    await settle();
    expect(said).toEqual([]);
    for (const text of link.underWay.splice(0)) canary.heard(text);
    expect(said).toEqual(['heard']);
    expect(link.broken).toEqual([]);
  });

  it('proves nothing, and breaks nothing, while none can be published', async () => {
    link.publishFails = new Error('not connected');
    await seconds(3, true);
    expect(said).toEqual(['unsent', 'unsent', 'unsent']);
    link.publishFails = undefined;
    await seconds(1, true);
    expect(said.at(-1)).toBe('heard');
  });
});

describe('given a link that answers and carries nothing', () => {
  it('is broken off once, with the last canary that came home as the last proof', async () => {
    await seconds(2, true);
    await seconds(4, false);
    expect(said).toEqual(['heard', 'heard', 'lost since 2000']);
    expect(link.broken).toEqual(['canary']);
  });

  it('says since when it is deaf before that is certain, for a break that comes first', async () => {
    await seconds(1, true);
    await seconds(1, false);
    expect(canary.deafSinceMs).toBeUndefined();
    clock.advance(500);
    link.provenAtMs = clock.elapsedMs();
    expect(canary.deafSinceMs).toBe(1_000);
  });

  it('is proven anew by a connection of its own', async () => {
    await seconds(4, false);
    canary.down();
    canary.up();
    await settle();
    await seconds(1, true);
    expect(said.slice(1)).toEqual(['heard']);
  });

  it('takes nothing for a canary that it did not send', async () => {
    await seconds(1, false);
    for (const text of ['', '0', '7', 'x', '-1']) canary.heard(text);
    expect(said).toEqual([]);
  });
});

describe('given a Redis that allows no canary', () => {
  const noperm = new Error('NOPERM this user has no permissions to run the command');

  it('is switched off by a refused PUBLISH, once, and breaks nothing', async () => {
    link.publishFails = noperm;
    await seconds(5, true);
    expect(said).toEqual([`off: ${noperm.message}`]);
    expect(link.broken).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('is switched off by a refused SUBSCRIBE, and not asked for again', async () => {
    canary.down();
    link.subscribeFails = noperm;
    canary.up();
    await seconds(3, true);
    canary.down();
    canary.up();
    await seconds(3, true);
    expect(said).toEqual([`off: ${noperm.message}`]);
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { PacedReader, type Outlet } from '../../../src/service/listening/paced-reader.js';
import { ManualClock } from '../../manual-clock.js';

/** A client whose network is turned by hand. */
class SlowClient implements Outlet<string> {
  readonly got: string[] = [];
  waitingBytes = 0;
  isGivenUp = false;

  send(frame: string): void {
    this.got.push(frame);
    this.waitingBytes += frame.length;
  }

  sendResync(missed: number): void {
    this.send(`resync ${missed}`);
  }

  giveUp(): void {
    this.isGivenUp = true;
  }

  reads(): void {
    this.waitingBytes = 0;
  }
}

let clock: ManualClock;
let client: SlowClient;
let reader: PacedReader<string>;
const next = (frame: string, list?: string): void => {
  reader.next(
    frame,
    () => list,
    (kept) => kept,
  );
};
const fill = (): void => {
  next('x'.repeat(101));
};

beforeEach(() => {
  clock = new ManualClock();
  client = new SlowClient();
  reader = new PacedReader(client, { clock, bufferBytes: 100 });
});

describe('given a client that keeps up', () => {
  it('sends everything, one frame larger than the buffer included, and sets no timer', () => {
    fill();
    client.reads();
    next('a');
    expect(client.got).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });
});

describe('given a client that is behind', () => {
  it('keeps nothing but the newest of each list, and tells what was missed before it goes on', () => {
    fill();
    for (const frame of ['a', 'b', 'c']) next(frame);
    next('old list', 'notif.sync');
    next('new list', 'notif.sync');
    next('messages', 'msg.sync');
    expect(client.got).toHaveLength(1);
    client.reads();
    clock.advance(250);
    next('d');
    expect(client.got.slice(1)).toEqual(['resync 3', 'new list', 'messages', 'd']);
    expect(clock.pending).toBe(0);
  });

  it('waits until most of the buffer is free', () => {
    fill();
    next('a');
    client.waitingBytes = 26;
    clock.advance(1_000);
    expect(client.got).toHaveLength(1);
    client.waitingBytes = 25;
    clock.advance(250);
    expect(client.got.slice(1)).toEqual(['resync 1']);
  });

  it('gives it up when it has not caught up within 10 s, and sends nothing more', () => {
    fill();
    next('a');
    clock.advance(9_999);
    expect(client.isGivenUp).toBe(false);
    clock.advance(251);
    expect(client.isGivenUp).toBe(true);
    client.reads();
    next('b');
    expect(client.got).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('gives it up when it falls behind for the fourth time within a minute: resyncs do not help', () => {
    for (let time = 1; time <= 3; time++) {
      fill();
      next('a');
      client.reads();
      clock.advance(250);
      client.reads();
    }
    expect(client.got.filter((frame) => frame.startsWith('resync'))).toHaveLength(3);
    fill();
    next('a');
    expect(client.isGivenUp).toBe(true);
  });

  it('forgives what is a minute old', () => {
    for (let time = 1; time <= 6; time++) {
      fill();
      next('a');
      client.reads();
      clock.advance(250);
      client.reads();
      clock.advance(30_000);
    }
    expect(client.isGivenUp).toBe(false);
  });

  it('leaves no timer when the client leaves', () => {
    fill();
    next('a');
    reader.end();
    expect(clock.pending).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PresenceListener } from '../../src/contracts/presence-listener.js';
import type { PresenceHold } from '../../src/contracts/presence.js';
import { topicOf } from '../../src/domain/topic.js';
import { PresentSource, type WatchedPresence } from '../../src/presence/present-source.js';
import { FakePresence } from '../fakes/fake-presence.js';
import { FakeSink } from '../fakes/fake-sink.js';
import { FakeSource } from '../fakes/fake-source.js';
import { ManualClock } from '../manual-clock.js';

/** Says how it fares when the test says so. */
class ToldPresence extends FakePresence implements WatchedPresence {
  private listener: PresenceListener | undefined;

  listen(listener: PresenceListener): () => void {
    this.listener = listener;
    return () => {
      this.listener = undefined;
    };
  }

  opened(uid: string, isFirst = false): void {
    this.listener?.opened(topicOf(uid), isFirst);
  }

  lost(uid: string, by: 'itself' | 'another', sinceMs = clock.elapsedMs()): void {
    this.listener?.lost(topicOf(uid), { cause: 'presence', sinceMs }, by);
  }
}

let clock: ManualClock;
let redis: FakeSource;
let presence: ToldPresence;
let source: PresentSource;
let sink: FakeSink;
let hold: PresenceHold;

beforeEach(() => {
  clock = new ManualClock();
  redis = new FakeSource('redis');
  presence = new ToldPresence();
  source = new PresentSource(redis, presence, clock);
  sink = new FakeSink();
});
afterEach(() => {
  source.close();
  expect(clock.pending).toBe(0);
});

function readPresent(): void {
  source.open(topicOf('a'), sink);
  redis.attach('a');
  hold = source.hold(topicOf('a'));
  presence.opened('a');
}

describe('given a topic whose presence is open', () => {
  beforeEach(readPresent);

  it('is attached as its source is, and costs no timer', () => {
    redis.say('a', 'one');
    redis.detach('a', 'link', 700);
    redis.attach('a');
    expect(sink.said).toEqual(['attached', 'event one', 'detached link', 'attached']);
    expect(sink.gapsAgoMs).toEqual([700]);
    expect(clock.pending).toBe(0);
  });

  it('has a gap from the close of another presence of the uid to its next message', () => {
    clock.advance(10_000);
    presence.lost('a', 'another', 9_900);
    expect(sink.said).toEqual(['attached', 'detached presence']);
    expect(sink.gapsAgoMs).toEqual([100]);
    clock.advance(5_000);
    redis.say('a', 'one');
    redis.say('a', 'two');
    expect(sink.said.slice(2)).toEqual(['attached', 'event one', 'event two']);
  });

  it('does not take a message that was under way for the end of the silence', () => {
    presence.lost('a', 'another');
    clock.advance(100);
    redis.say('a', 'one');
    expect(sink.said).toEqual(['attached', 'detached presence', 'event one']);
    clock.advance(45_000);
    expect(sink.said.at(-1)).toBe('attached');
  });

  it('counts 45 s anew with each close', () => {
    presence.lost('a', 'another');
    clock.advance(40_000);
    presence.lost('a', 'another');
    clock.advance(44_000);
    expect(sink.said).toEqual(['attached', 'detached presence']);
    clock.advance(1_500);
    expect(sink.said).toEqual(['attached', 'detached presence', 'attached']);
  });

  it('has a gap from the loss of its own presence until that is open again, whatever is heard or closed', () => {
    presence.lost('a', 'itself', -500);
    clock.advance(60_000);
    presence.lost('a', 'another');
    redis.say('a', 'one');
    clock.advance(60_000);
    expect(sink.said).toEqual(['attached', 'detached presence', 'event one']);
    presence.opened('a');
    expect(sink.said.at(-1)).toBe('attached');
  });

  it('stays apart from a break of the link: attached only when both are well', () => {
    redis.detach('a');
    presence.lost('a', 'itself');
    redis.attach('a');
    expect(sink.said).toEqual(['attached', 'detached link']);
    presence.opened('a');
    expect(sink.said).toEqual(['attached', 'detached link', 'attached']);
  });

  it('tells a reader who comes in the silence', () => {
    presence.lost('a', 'itself');
    const late = new FakeSink();
    source.open(topicOf('a'), late);
    redis.attach('a');
    expect(late.said).toEqual(['detached presence']);
  });

  it('asks no more whether the publisher speaks when nobody holds the presence', () => {
    presence.lost('a', 'itself');
    hold.release();
    hold.release();
    expect(sink.said).toEqual(['attached', 'detached presence', 'attached']);
    presence.lost('a', 'another');
    expect(sink.said).toHaveLength(3);
  });
});

describe('given a presence that does not open', () => {
  it('is a gap after 3 s, from the moment at which it was asked for', () => {
    source.open(topicOf('a'), sink);
    redis.attach('a');
    clock.advance(1_000);
    source.hold(topicOf('a'));
    clock.advance(2_500);
    expect(sink.said).toEqual(['attached']);
    clock.advance(500);
    expect(sink.said).toEqual(['attached', 'detached presence']);
    expect(sink.gapsAgoMs).toEqual([3_000]);
    presence.opened('a');
    expect(sink.said.at(-1)).toBe('attached');
  });
});

describe('given a topic whose presence nobody holds', () => {
  it('passes everything through', () => {
    const subscription = source.open(topicOf('a'), sink);
    redis.attach('a');
    redis.say('a', 'one');
    clock.advance(60_000);
    redis.detach('a', 'subscribe');
    subscription.close();
    expect(sink.said).toEqual(['attached', 'event one', 'detached subscribe']);
    expect(redis.openKeys).toEqual([]);
  });
});

describe('given somebody who watches first lists', () => {
  let told: string[];
  const become = (isFirst: boolean): void => {
    source.open(topicOf('a'), sink);
    redis.attach('a');
    source.hold(topicOf('a'));
    presence.opened('a', isFirst);
  };

  beforeEach(() => {
    told = [];
    source.watchFirstLists({
      withinMs: 5_000,
      came: (uid) => told.push(`${uid} came`),
      missed: (uid, sinceMs) => told.push(`${uid} missed since ${sinceMs}`),
    });
  });

  it('tells of one that came, once, and of nothing later', () => {
    become(true);
    redis.say('a', 'notif.sync');
    redis.say('a', 'msg.sync');
    clock.advance(60_000);
    expect(told).toEqual(['a came']);
    expect(sink.said).toEqual(['attached', 'event notif.sync', 'event msg.sync']);
  });

  it('tells of one that did not come in time', () => {
    become(true);
    clock.advance(4_500);
    expect(told).toEqual([]);
    clock.advance(500);
    redis.say('a', 'notif.sync');
    expect(told).toEqual(['a missed since 0']);
    expect(sink.said).toEqual(['attached', 'event notif.sync']);
  });

  it('expects none of whom somebody was present before', () => {
    become(false);
    clock.advance(60_000);
    expect(told).toEqual([]);
  });

  it.each([
    [
      'the link broke',
      () => {
        redis.detach('a');
      },
    ],
    [
      'its own presence was lost',
      () => {
        presence.lost('a', 'itself');
      },
    ],
    [
      'another presence was closed',
      () => {
        presence.lost('a', 'another');
      },
    ],
  ])('expects none any more after %s', (_what, happens) => {
    become(true);
    clock.advance(1_000);
    happens();
    redis.attach('a');
    clock.advance(60_000);
    expect(told).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PresenceAnnouncer } from '../../src/contracts/presence-announcer.js';
import { topicKey, topicOf } from '../../src/domain/topic.js';
import { WebSocketPresence, type WebSocketPresenceOptions } from '../../src/presence/web-socket-presence.js';
import { presenceContract } from '../contracts/presence.contract.js';
import { waitFor } from '../wait-for.js';
import { FakePublisher } from '../fakes/fake-publisher.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { ManualClock } from '../manual-clock.js';

const ALICE = topicOf('alice');
const BOB = topicOf('bob');
const CHAT = topicOf('alice', { spaceCode: 's', threadKey: 't' });

presenceContract('WebSockets to the publisher', async () => {
  const publisher = new FakePublisher();
  await publisher.start();
  const clock = new ManualClock();
  const presence = new WebSocketPresence({
    serviceUrl: publisher.url,
    clock,
    recorder: new FakeRecorder(),
    lingerMs: 0,
  });
  return {
    presence,
    present: () => publisher.present.length,
    tearDown: async () => {
      await presence.close();
      await publisher.stop();
    },
  };
});

/** Another replica's word, and what was said to it. */
class FakeAnnouncer implements PresenceAnnouncer {
  readonly announced: string[] = [];
  private readonly heard = new Set<(uid: string) => void>();

  closed(uid: string): void {
    this.announced.push(uid);
  }

  onClosed(listener: (uid: string) => void): () => void {
    this.heard.add(listener);
    return () => this.heard.delete(listener);
  }

  say(uid: string): void {
    for (const listener of this.heard) listener(uid);
  }
}

let publisher: FakePublisher;
let clock: ManualClock;
let recorder: FakeRecorder;
let announcer: FakeAnnouncer;
let news: string[];
/** those of whom the publisher is to say the first lists */
let firsts: string[];
const made: WebSocketPresence[] = [];

beforeEach(async () => {
  publisher = new FakePublisher();
  await publisher.start();
  clock = new ManualClock();
  recorder = new FakeRecorder();
  announcer = new FakeAnnouncer();
  news = [];
  firsts = [];
});

afterEach(async () => {
  publisher.manner = 'accept';
  const closed = Promise.all(made.splice(0).map((presence) => presence.close()));
  clock.advance(1000);
  await closed;
  expect(clock.pending).toBe(0);
  await publisher.stop();
});

function make(options: Partial<WebSocketPresenceOptions> = {}): WebSocketPresence {
  const presence = new WebSocketPresence({
    serviceUrl: publisher.url,
    clock,
    recorder,
    announcer,
    random: () => 1,
    ...options,
  });
  presence.listen({
    opened: (topic, isFirst) => {
      news.push(`opened ${topicKey(topic)}`);
      if (isFirst) firsts.push(topicKey(topic));
    },
    lost: (topic, { sinceMs }, by) => news.push(`lost ${topicKey(topic)} by ${by} since ${sinceMs}`),
  });
  made.push(presence);
  return presence;
}

const told = (what: string) => waitFor(`it was told "${what}"`, () => news.includes(what));
const present = (count: number) => waitFor(`${count} are present`, () => publisher.present.length === count);

describe('given a topic that is held', () => {
  it('opens one socket for it, with uid, space and thread', async () => {
    const presence = make();
    presence.hold(ALICE);
    presence.hold(ALICE);
    presence.hold(CHAT);
    await present(2);
    expect([...publisher.asked].sort()).toEqual(['/ws?uid=alice', '/ws?uid=alice&space_code=s&thread_key=t']);
    await told('opened alice');
    await told('opened alice:s:t');
    expect(presence.counts).toEqual({ sockets: 2, held: 2, open: 2, waiting: 0 });
  });

  it('is the first to be present as that uid unless one of its own is, or was a moment ago', async () => {
    const presence = make({ lingerMs: 5_000 });
    const alice = presence.hold(ALICE);
    await told('opened alice');
    presence.hold(CHAT);
    await told('opened alice:s:t');
    alice.release();
    presence.hold(ALICE);
    await waitFor('it lingered', () => news.filter((line) => line === 'opened alice').length === 2);
    presence.hold(topicOf('bob', { spaceCode: 's', threadKey: 't' }));
    await told('opened bob:s:t');
    presence.hold(BOB);
    await told('opened bob');
    expect(firsts).toEqual(['alice']);
  });

  it('is the first again after a loss', async () => {
    make().hold(ALICE);
    await told('opened alice');
    publisher.drop('tear');
    await waitFor('it is lost', () => news.length === 2);
    clock.advance(2_000);
    await waitFor('it is open again', () => news.length === 3);
    expect(firsts).toEqual(['alice', 'alice']);
  });

  it('discards what comes', async () => {
    make().hold(ALICE);
    await told('opened alice');
    publisher.send('{"type": "notif.sync", "uid": "alice"}');
    publisher.send('no JSON');
    publisher.send('x'.repeat(1_000_000));
    clock.advance(20_000);
    await waitFor('nothing failed and the socket is there', () => publisher.present.length === 1);
    expect(recorder.counts.size).toBe(0);
  });

  it('never keeps the process alive', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name.startsWith('TCPSocket')).length;
    make().hold(ALICE);
    await told('opened alice');
    // The publisher's end lives in this process too, and does keep it alive.
    const after = process.getActiveResourcesInfo().filter((name) => name.startsWith('TCPSocket')).length;
    expect(after - before).toBe(1);
  });
});

describe('given a topic that nobody holds any more', () => {
  it('lingers, and is taken up again without a new socket', async () => {
    const presence = make({ pingIntervalMs: 1_000_000 });
    presence.hold(ALICE).release();
    await waitFor('it is open', () => presence.counts.open === 1);
    clock.advance(59_000);
    presence.hold(ALICE);
    await told('opened alice');
    clock.advance(15_000);
    expect(publisher.asked).toHaveLength(1);
    expect(presence.counts).toEqual({ sockets: 1, held: 1, open: 1, waiting: 0 });
  });

  it('is closed and announced when it has lingered', async () => {
    const presence = make({ lingerMs: 60_000, pingIntervalMs: 1_000_000 });
    const hold = presence.hold(ALICE);
    await told('opened alice');
    hold.release();
    clock.advance(59_750);
    expect(presence.counts.open).toBe(1);
    clock.advance(250);
    await present(0);
    await waitFor('both the goodbye and the end were announced', () => announcer.announced.length === 2);
    expect(announcer.announced).toEqual(['alice', 'alice']);
    expect(clock.pending).toBe(0);
  });

  it('is closed at once where it must not linger', async () => {
    const presence = make();
    const hold = presence.hold(CHAT);
    await told('opened alice:s:t');
    hold.release('at_once');
    await present(0);
  });

  it('is forgotten at once where it never connected', async () => {
    await publisher.stop();
    const presence = make();
    const hold = presence.hold(ALICE);
    await waitFor('it failed', () => recorder.of('failed presence') === 1);
    hold.release();
    expect(presence.counts.sockets).toBe(0);
    expect(clock.pending).toBe(0);
    expect(announcer.announced).toEqual([]);
    await publisher.start();
  });

  it('opens anew only after the old socket is closed, when it is held again meanwhile', async () => {
    const presence = make({ lingerMs: 0 });
    const hold = presence.hold(ALICE);
    await told('opened alice');
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, publisher.present.length)), 0);
    hold.release();
    presence.hold(ALICE);
    await waitFor('it was opened again', () => news.filter((line) => line === 'opened alice').length === 2);
    clearInterval(watch);
    expect(most).toBeLessThanOrEqual(1);
    expect(publisher.asked).toHaveLength(2);
  });
});

describe('given a publisher that fails', () => {
  it('comes back with growing pauses, and says once that it failed', async () => {
    publisher.manner = 'refuse';
    const presence = make();
    presence.hold(ALICE);
    for (const [attempt, pauseMs] of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].entries()) {
      await waitFor(`attempt ${attempt} was made`, () => publisher.asked.length === attempt + 1);
      await waitFor('it has failed', () => presence.counts.waiting === 1);
      clock.advance(pauseMs - 250);
      expect(publisher.asked).toHaveLength(attempt + 1);
      clock.advance(250);
    }
    expect(recorder.of('failed presence')).toBe(1);
    expect(news).toEqual([]);
  });

  it('is lost and opened again when the publisher restarts', async () => {
    make().hold(ALICE);
    await told('opened alice');
    clock.advance(12_000);
    await publisher.stop();
    await told('lost alice by itself since 0');
    await publisher.start();
    clock.advance(500);
    await waitFor('it was opened again', () => news.filter((line) => line === 'opened alice').length === 2);
    expect(announcer.announced).toEqual(['alice']);
    expect(recorder.of('failed presence')).toBe(1);
  });

  it('does not storm a publisher that takes every socket and closes it at once', async () => {
    make().hold(ALICE);
    for (const [attempt, pauseMs] of [500, 1000, 2000, 4000].entries()) {
      await waitFor(
        'it was opened',
        () => news.filter((line) => line.startsWith('opened')).length === attempt + 1,
      );
      publisher.drop('close');
      await waitFor(
        'it was lost',
        () => news.filter((line) => line.startsWith('lost')).length === attempt + 1,
      );
      clock.advance(pauseMs - 250);
      expect(publisher.asked).toHaveLength(attempt + 1);
      clock.advance(250);
    }
    expect(recorder.of('failed presence')).toBe(1);
  });

  it('leaves a socket whose pings nobody answers', async () => {
    publisher.answersPings = false;
    make().hold(ALICE);
    await told('opened alice');
    clock.advance(20_000);
    await settled();
    expect(news).toEqual(['opened alice']);
    clock.advance(10_000);
    await told('lost alice by itself since 0');
  });

  it('keeps a socket whose pings are answered', async () => {
    make().hold(ALICE);
    await told('opened alice');
    for (let i = 0; i < 5; i++) {
      clock.advance(20_000);
      await waitFor('the ping was answered', () => publisher.pongs === i + 1);
      await settled();
    }
    expect(news).toEqual(['opened alice']);
    expect(publisher.asked).toHaveLength(1);
  });

  it('leaves a publisher that never answers the opening', async () => {
    publisher.manner = 'swallow';
    make().hold(ALICE);
    await waitFor('it was asked', () => publisher.asked.length === 1);
    clock.advance(10_000);
    await waitFor('it failed', () => recorder.of('failed presence') === 1);
    publisher.manner = 'accept';
    clock.advance(500);
    await told('opened alice');
  });
});

describe('given many topics at once', () => {
  it('opens no more in any second than is allowed, in the order in which they were held', async () => {
    const presence = make({ opensPerSecond: 5 });
    const holds = Array.from({ length: 20 }, (_, index) => presence.hold(topicOf(`user-${index}`)));
    holds[7]?.release();
    for (let opened = 5; opened < 20; opened += 5) {
      await present(opened);
      clock.advance(999);
      await settled();
      expect(publisher.present).toHaveLength(opened);
      clock.advance(1);
    }
    await present(19);
    expect(publisher.asked).not.toContain('/ws?uid=user-7');
  });
});

describe('given several presences of one uid', () => {
  it('says that the others may be silent when one is closed here', async () => {
    const presence = make({ lingerMs: 0 });
    presence.hold(ALICE);
    presence.hold(BOB);
    const chat = presence.hold(CHAT);
    await told('opened alice');
    await told('opened alice:s:t');
    clock.advance(700);
    chat.release();
    await told('lost alice by another since 700');
    expect(news.find((line) => line.startsWith('lost'))).toBe('lost alice by another since 700');
  });

  it('says so too when one is closed on another replica', async () => {
    make().hold(ALICE);
    make().hold(BOB);
    await told('opened alice');
    await told('opened bob');
    clock.advance(300);
    announcer.say('alice');
    announcer.say('nobody');
    expect(news.slice(2)).toEqual(['lost alice by another since 300']);
    expect(announcer.announced).toEqual([]);
  });

  it('says so where the close came while its own was still being opened', async () => {
    make().hold(ALICE);
    clock.advance(100);
    announcer.say('alice');
    await told('lost alice by another since 0');
    expect(news).toEqual(['opened alice', 'lost alice by another since 0']);
  });

  it('says so to whom takes up a lingering presence during the silence, and not afterwards', async () => {
    const presence = make();
    presence.hold(ALICE).release();
    await present(1);
    await waitFor('it is open', () => presence.counts.open === 1);
    announcer.say('alice');
    clock.advance(10_000);
    expect(news).toEqual([]);
    const hold = presence.hold(ALICE);
    await told('lost alice by another since 10000');
    expect(news).toEqual(['opened alice', 'lost alice by another since 10000']);
    hold.release();
    clock.advance(35_000);
    await settled();
    presence.hold(ALICE);
    await waitFor('it was told', () => news.length > 2);
    expect(news.slice(2)).toEqual(['opened alice']);
  });
});

describe('given a listener that throws', () => {
  it('tells the others all the same, and counts it', async () => {
    const presence = new WebSocketPresence({ serviceUrl: publisher.url, clock, recorder });
    made.push(presence);
    let opened = 0;
    const bad = () => {
      throw new Error('not my day');
    };
    presence.listen({ opened: bad, lost: bad });
    presence.listen({ opened: () => opened++, lost: () => undefined });
    presence.hold(ALICE);
    await waitFor('the other was told', () => opened === 1);
    expect(recorder.of('failed presence')).toBe(1);
  });
});

describe('given that all is closed', () => {
  it('leaves no socket and no timer, also where the publisher does not answer', async () => {
    const presence = make();
    presence.hold(ALICE);
    await told('opened alice');
    publisher.manner = 'swallow';
    presence.hold(BOB);
    await waitFor('the second was asked', () => publisher.asked.length === 2);
    await presence.close();
    await present(0);
    expect(clock.pending).toBe(0);
    expect(new Set(announcer.announced)).toEqual(new Set(['alice', 'bob']));
  });

  it('resolves where nothing was ever held', async () => {
    await make().close();
  });
});

/** Lets what is on its way over loopback arrive: a round trip of its own, in this same process. */
async function settled(): Promise<void> {
  const probe = new FakePublisher();
  await probe.start();
  await (await fetch(probe.url)).text();
  await probe.stop();
}

import { describe, expect, it } from '@jest/globals';
import { readEnvelope } from '../../../src/domain/envelope.js';
import { envelopeOfLegacyItem } from '../../../src/domain/legacy-item.js';
import { listDigest } from '../../../src/domain/list.js';
import { UserEvent, type Envelope } from '../../../src/domain/user-event.js';
import { typeInHead } from '../../../src/domain/wire-head.js';
import { parseFaults } from '../../../src/service/simulator/faults.js';
import type { LegacyTuple } from '../../../src/service/simulator/legacy-tuple.js';
import { pythonJson } from '../../../src/service/simulator/python-json.js';
import { Simulation, type SimulationOptions } from '../../../src/service/simulator/simulation.js';

const START_MS = Date.UTC(2025, 8, 20, 11, 44);

interface Message {
  readonly atMs: number;
  readonly channel: string;
  readonly text: string;
  readonly envelope: Envelope;
}

/** A simulation with both ears on it. */
class Play {
  readonly messages: Message[] = [];
  readonly told: { atMs: number; uid: string; item: LegacyTuple }[] = [];
  readonly simulation: Simulation;
  failPublishing = false;
  nowMs = 0;

  constructor(options: Partial<SimulationOptions> = {}) {
    this.simulation = new Simulation({
      seed: 42,
      uids: ['anna', 'ben'],
      changesPerSecond: 0,
      startMs: START_MS,
      publish: (channel, text) => {
        if (this.failPublishing) return Promise.reject(new Error('no Redis'));
        const uid = channel.split(':').at(channel.startsWith('wrong') ? 2 : 1) ?? '';
        const envelope = readEnvelope(text, uid);
        if (typeof envelope === 'string') throw new Error(`${envelope}: ${text}`);
        this.messages.push({ atMs: this.nowMs, channel, text, envelope });
        return Promise.resolve();
      },
      ...options,
    });
  }

  run(forMs: number): void {
    for (const end = this.nowMs + forMs; this.nowMs < end;) {
      this.nowMs += 10;
      this.simulation.advanceTo(START_MS + this.nowMs);
    }
  }

  listen(uid: string): () => void {
    return this.simulation.listen({ uid }, (...[heard, item]) => {
      this.told.push({ atMs: this.nowMs, uid: heard, item });
    });
  }

  /** Everything of everybody: sockets and listeners, chats included. */
  attend(uids: readonly string[]): void {
    const sink = (uid: string, item: LegacyTuple) => this.told.push({ atMs: this.nowMs, uid, item });
    for (const uid of uids) {
      for (const chat of [undefined, ...this.simulation.chatsOf(uid)]) {
        const topic = chat === undefined ? { uid } : { uid, chat };
        this.simulation.listen(topic, sink);
        this.simulation.openSocket(topic);
      }
    }
  }

  types(): string[] {
    return this.messages.map(({ envelope }) => envelope.type);
  }

  /** The ids of chat messages, in order, by channel. */
  chatIds(): { legacy: string[]; redis: string[] } {
    const ids = (payload: unknown) =>
      (payload as { raw_messages: { id: string }[] }).raw_messages.map(({ id }) => id);
    return {
      legacy: this.told.filter(({ item }) => item[0].startsWith('chat_')).flatMap(({ item }) => ids(item[1])),
      redis: this.messages
        .filter(({ envelope }) => envelope.type === 'chat.message')
        .flatMap(({ envelope }) => ids(envelope.payload)),
    };
  }
}

const population = (count: number) => Array.from({ length: count }, (_, index) => `user${index + 1}`);

describe('given a user whom nobody looks at', () => {
  it('is silent on Redis and in legacy, whatever happens to the user', () => {
    const play = new Play({ changesPerSecond: 50 });
    play.run(5_000);
    expect(play.messages).toEqual([]);
    expect(play.told).toEqual([]);
    expect(play.simulation.counts().silent).toBeGreaterThan(100);
  });
});

describe('given a user whose socket opens', () => {
  it('publishes each list twice, in the form of the publisher', () => {
    const play = new Play();
    play.simulation.openSocket({ uid: 'anna' });
    play.run(200);
    expect(play.types()).toEqual(['notif.sync', 'msg.sync', 'notif.sync', 'msg.sync']);
    for (const { channel, text, envelope } of play.messages) {
      expect(channel).toBe('user:anna');
      expect(typeInHead(new TextEncoder().encode(text), 'anna')).toBe(envelope.type);
      expect(text).toMatch(/^[\x20-\x7e]+$/);
      expect(text).toBe(pythonJson(JSON.parse(text)));
      expect(envelope.timestamp).toMatch(/^2025-09-20T11:44:00(\.\d{6})?\+00:00$/);
    }
  });

  it('publishes no chat without a socket of the chat, and a chat message without a thread with the user', () => {
    const play = new Play({ uids: ['anna'], changesPerSecond: 50 });
    play.simulation.openSocket({ uid: 'anna' });
    play.run(10_000);
    expect(new Set(play.messages.map(({ channel }) => channel))).toEqual(new Set(['user:anna']));
    const chats = play.messages.filter(({ envelope }) => envelope.type === 'chat.message');
    expect(chats.length).toBeGreaterThan(10);
    for (const { envelope } of chats)
      expect(envelope.payload).toMatchObject({ space_code: '', thread_key: '' });
  });

  it('publishes on the channel of a chat while that socket is open', () => {
    const play = new Play({ uids: ['anna'], changesPerSecond: 50 });
    const close = play.simulation.openSocket({ uid: 'anna', chat: { spaceCode: 'sp1', threadKey: 'th1' } });
    play.run(5_000);
    expect(new Set(play.messages.map(({ channel }) => channel))).toEqual(new Set(['chat:anna:sp1:th1']));
    const before = play.messages.length;
    expect(before).toBeGreaterThan(10);
    close();
    close();
    play.run(5_000);
    expect(play.messages).toHaveLength(before);
  });

  it('gives a second socket no snapshot, and is silent after one of two closes until the heartbeat of the other', () => {
    const play = new Play({ heartbeatMs: 45_000 });
    const { simulation } = play;
    const anna = { uid: 'anna' };
    const closeFirst = simulation.openSocket(anna);
    play.run(10_000);
    simulation.openSocket(anna);
    play.run(10_000);
    expect(play.messages).toHaveLength(4);
    closeFirst();
    expect(simulation.isPresent(anna)).toBe(false);
    play.run(34_900);
    expect(simulation.isPresent(anna)).toBe(false);
    play.run(300);
    expect(simulation.isPresent(anna)).toBe(true);
    expect(play.messages).toHaveLength(8);
  });

  it('silences every topic of a uid when one socket of it closes, each until its own heartbeat', () => {
    const play = new Play({ heartbeatMs: 45_000 });
    const { simulation } = play;
    const [anna, chat] = [{ uid: 'anna' }, { uid: 'anna', chat: { spaceCode: 's', threadKey: 't' } }];
    simulation.openSocket(anna);
    simulation.openSocket({ uid: 'bert' });
    play.run(10_000);
    const closeChat = simulation.openSocket(chat);
    closeChat();
    expect([anna, { uid: 'bert' }, chat].map((topic) => simulation.isPresent(topic))).toEqual([
      false,
      true,
      false,
    ]);
    play.run(35_100);
    expect(simulation.isPresent(anna)).toBe(true);
    expect(simulation.presence).toEqual({ present: 2, sockets: 2 });
  });

  it('is present again at once when another socket opens', () => {
    const play = new Play();
    const { simulation } = play;
    const close = simulation.openSocket({ uid: 'anna' });
    simulation.openSocket({ uid: 'anna' });
    close();
    simulation.openSocket({ uid: 'anna' });
    expect(simulation.isPresent({ uid: 'anna' })).toBe(true);
  });

  it('sends the same envelopes as frames, the truth even where Redis gets a fault', () => {
    const play = new Play();
    const frames: string[] = [];
    play.simulation.setFaults(parseFaults('drop=100%'));
    play.simulation.openSocket({ uid: 'anna' }, (text) => frames.push(text));
    play.run(200);
    expect(frames).toHaveLength(4);
    expect(play.messages).toEqual([]);
  });
});

describe('given a user whom the legacy side listens to', () => {
  it('tells the notifications at once and messages every five seconds, and never an empty list of them', () => {
    const play = new Play({ uids: population(20) });
    for (const uid of population(20)) play.listen(uid);
    play.run(11_000);
    const byUid = (listener: string) =>
      population(20).map((uid) => play.told.filter((one) => one.uid === uid && one.item[0] === listener));
    for (const told of byUid('notifications')) expect(told.map(({ atMs }) => atMs)).toEqual([10]);
    const messages = byUid('messages').map((told) => told.map(({ atMs }) => atMs));
    expect(new Set(messages.map((times) => times.join()))).toEqual(new Set(['', '10,5000,10000']));
    for (const { item } of play.told) if (item[0] === 'messages') expect(item[1]['count']).toBeGreaterThan(0);
  });

  it('tells nothing more once it has stopped listening', () => {
    const play = new Play({ changesPerSecond: 50 });
    const stop = play.listen('anna');
    play.run(2_000);
    stop();
    stop();
    const before = play.told.length;
    expect(before).toBeGreaterThan(10);
    play.run(20_000);
    expect(play.told).toHaveLength(before);
  });

  it('survives a sink that throws, and counts it', () => {
    const play = new Play({ changesPerSecond: 20 });
    play.simulation.listen({ uid: 'anna' }, () => {
      throw new Error('the backend is ill');
    });
    play.listen('ben');
    play.run(5_000);
    expect(play.simulation.counts().legacyFailures).toBeGreaterThan(0);
    expect(play.told.length).toBeGreaterThan(1);
  });

  it('welcomes a guest of whom the world had not heard', () => {
    const play = new Play({ uids: population(100), changesPerSecond: 50 });
    play.listen('dora@example.org');
    play.run(10_000);
    expect(play.told.length).toBeGreaterThan(20);
  });

  it('tells only what legacy would show of a chat', () => {
    const play = new Play({ uids: population(3), changesPerSecond: 100 });
    play.attend(population(3));
    play.run(30_000);
    const { legacy, redis } = play.chatIds();
    expect(redis.length).toBeGreaterThan(legacy.length);
    expect(legacy.length).toBeGreaterThan(redis.length * 0.9);
    const shown = new Set(legacy);
    for (const { envelope } of play.messages) {
      if (envelope.type !== 'chat.message') continue;
      const [message] = (
        envelope.payload as { raw_messages: { id: string; read: boolean; message_type: string }[] }
      ).raw_messages;
      expect(shown.has(message?.id ?? '')).toBe(
        message?.read === false && message.message_type !== 'INTERNAL',
      );
    }
  });
});

describe('given both sides of a population without a fault', () => {
  const play = new Play({ uids: population(20), changesPerSecond: 60 });
  play.attend(population(20));
  play.run(60_000);
  play.simulation.pause();
  play.run(6_000);

  it('ends with the same lists on both sides, by the rules of what counts as the same', () => {
    for (const uid of population(20)) {
      for (const [listener, type] of [
        ['notifications', 'notif.sync'],
        ['messages', 'msg.sync'],
      ] as const) {
        const item = play.told.findLast((one) => one.uid === uid && one.item[0] === listener)?.item;
        const redis = play.messages.findLast(
          ({ envelope }) => envelope.uid === uid && envelope.type === type,
        );
        if (redis === undefined) throw new Error(`No ${type} for ${uid}.`);
        // Legacy never says that the messages have come to an end.
        if (listener === 'messages' && (redis.envelope.payload as { count: number }).count === 0) continue;
        const legacy = envelopeOfLegacyItem(uid, item);
        if (legacy === undefined) throw new Error(`No ${listener} for ${uid}.`);
        expect(listDigest(new UserEvent(legacy, 'legacy', 0))).toBe(
          listDigest(new UserEvent(redis.envelope, 'redis', 0)),
        );
      }
    }
  });

  it('shows every difference that the contract calls harmless', () => {
    const legacyText = JSON.stringify(play.told);
    expect(legacyText).toContain('None - ');
    expect(legacyText).toContain('/edit_form/None');
    expect(legacyText).toContain('0001-01-01T00:00:00+00:00');
    expect(legacyText).toMatch(/"file_name":null/);
    expect(legacyText).toMatch(/"read":null/);
    expect(legacyText).toMatch(/"additional_info":\{/);
    const redisText = play.messages.map(({ text }) => text).join('\n');
    expect(redisText).toContain('Document - ');
    expect(redisText).not.toMatch(/None - |: null/);
    expect(redisText).toContain(`"additional_info": "{'a': 1, 'b': 'x'}"`);
    expect(redisText).toMatch(/"timestamp": "\d{4}-\d\d-\d\d \d\d:/);
    expect(redisText).toContain('"timestamp": ""');
  });

  it('says each chat message once on each side and in the same order on each channel', () => {
    const { legacy, redis } = play.chatIds();
    expect(new Set(redis).size).toBe(redis.length);
    const shown = new Set(legacy);
    for (const uid of population(20)) {
      for (const channel of [`user:${uid}`, `chat:${uid}:sp1:th1`, `chat:${uid}:sp1:th2`]) {
        const ids = (payload: unknown) =>
          (payload as { raw_messages?: { id: string }[] }).raw_messages?.[0]?.id;
        const onChannel = play.messages.filter((one) => one.channel === channel);
        const listener = channel.startsWith('user:')
          ? 'chat__'
          : `chat_${channel.split(':').slice(2).join('_')}`;
        expect(
          onChannel.map(({ envelope }) => ids(envelope.payload)).filter((id) => shown.has(id ?? '')),
        ).toEqual(
          play.told
            .filter((one) => one.uid === uid && one.item[0] === listener)
            .map(({ item }) => ids(item[1])),
        );
      }
    }
  });

  it('brings Redis 10 to 60 ms after legacy, by the tick of the clock', () => {
    const at = new Map(
      play.told
        .filter(({ item }) => item[0].startsWith('chat_'))
        .map(({ atMs, item }) => [(item[1]['raw_messages'] as { id: string }[])[0]?.id, atMs]),
    );
    const lags = play.messages.flatMap(({ atMs, envelope }) => {
      const legacyAt = at.get(
        (envelope.payload as { raw_messages?: { id: string }[] }).raw_messages?.[0]?.id,
      );
      return legacyAt === undefined ? [] : [atMs - legacyAt];
    });
    expect(Math.min(...lags)).toBeGreaterThanOrEqual(0);
    // A message may have to wait for one before it on its channel, never longer than that one's latency.
    expect(Math.max(...lags)).toBeLessThanOrEqual(70);
  });

  it('has the events that only Redis knows, with the job beside the payload where it belongs', () => {
    const types = new Set(play.types());
    for (const type of [
      'workflow.invoice_update',
      'workflow.step_update',
      'notif.job_updated',
      'task.progress_update',
    ])
      expect(types).toContain(type);
    const workflow = play.messages.find(({ envelope }) => envelope.type === 'workflow.step_update');
    expect(workflow?.text).toMatch(
      /^\{"type": "workflow\.step_update", "uid": "user\d+", "job_id": "job-\w+", "timestamp": /,
    );
    const job = play.messages.find(({ envelope }) => envelope.type === 'notif.job_updated');
    expect(job?.envelope.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/);
  });

  it('keeps the lists within their bounds', () => {
    for (const { envelope } of play.messages) {
      const { count } = envelope.payload as { count?: number };
      if (envelope.type === 'notif.sync') {
        expect(count).toBeGreaterThanOrEqual(1);
        expect(count).toBeLessThanOrEqual(50);
      }
    }
  });

  it('has planted nothing', () => {
    const counts = play.simulation.counts();
    expect(counts).toMatchObject({ planted: [], faults: [], lost: 0, legacyFailures: 0 });
    const published = Object.values(counts.published).reduce((sum, count) => sum + count, 0);
    expect(published).toBe(play.messages.length);
  });
});

describe('given the same seed and the same calls', () => {
  it('plays the same play to the letter, and another one for another seed', () => {
    const text = (seed: number) => {
      const play = new Play({ seed, uids: population(5), changesPerSecond: 30 });
      play.attend(population(5));
      play.run(5_000);
      return JSON.stringify([play.messages, play.told]);
    };
    expect(text(1)).toBe(text(1));
    expect(text(2)).not.toBe(text(1));
  });

  it('changes the same things whether faults are on or off', () => {
    const told = (faults: string) => {
      const play = new Play({ uids: population(5), changesPerSecond: 30 });
      play.simulation.setFaults(parseFaults(faults));
      for (const uid of population(5)) play.listen(uid);
      play.run(5_000);
      return play.told.map(({ uid, item }) => `${uid} ${item[0]}`);
    };
    expect(told('drop=50%')).toEqual(told('off'));
  });
});

describe('given faults that are switched on while it runs', () => {
  function faulty(faults: string, windowMs = 5_000) {
    const play = new Play({ uids: population(10), changesPerSecond: 60, windowMs });
    play.attend(population(10));
    play.run(1_000);
    play.simulation.setFaults(parseFaults(faults));
    play.run(60_000);
    play.simulation.setFaults([]);
    play.simulation.pause();
    play.run(10_000);
    const counts = play.simulation.counts();
    const planted = (mismatch: string) =>
      counts.planted.find((one) => one.class === mismatch && one.type === 'chat.message')?.count ?? 0;
    return { play, counts, planted, ...play.chatIds() };
  }

  it('drops, and knows how many of what legacy has said', () => {
    const { legacy, redis, planted } = faulty('drop=5%');
    const arrived = new Set(redis);
    const missing = legacy.filter((id) => !arrived.has(id)).length;
    expect(planted('missing_in_redis')).toBe(missing);
    expect(missing / legacy.length).toBeGreaterThan(0.035);
    expect(missing / legacy.length).toBeLessThan(0.065);
  });

  it('duplicates, with clocks of its own', () => {
    const { play, redis, legacy, planted } = faulty('chat.message:duplicate=10%');
    const shown = redis.filter((id) => legacy.includes(id));
    expect(shown.length - new Set(shown).size).toBe(planted('duplicate'));
    expect(planted('duplicate')).toBeGreaterThan(10);
    expect(new Set(play.messages.map(({ text }) => text)).size).toBe(play.messages.length);
  });

  it('alters the content of a chat message', () => {
    const { play, planted, legacy } = faulty('alter=10%');
    const altered = play.messages.filter(
      ({ text, envelope }) =>
        envelope.type === 'chat.message' &&
        text.includes('(altered)') &&
        legacy.some((id) => text.includes(`"${id}"`)),
    );
    expect(altered.length).toBe(planted('different'));
    expect(altered.length).toBeGreaterThan(10);
  });

  it('reorders only where another message came to overtake', () => {
    const { play, counts, redis } = faulty('reorder=20%');
    const swaps = counts.faults
      .filter(({ fault }) => fault === 'reorder')
      .reduce((sum, { count }) => sum + count, 0);
    expect(swaps).toBeGreaterThan(10);
    expect(new Set(redis).size).toBe(redis.length);
    let backwards = 0;
    const last = new Map<string, string>();
    for (const { channel, envelope } of play.messages) {
      const stamp = String(envelope.timestamp);
      if (stamp < (last.get(channel) ?? '') && envelope.type !== 'notif.job_updated') backwards++;
      last.set(channel, stamp);
    }
    expect(backwards).toBeGreaterThan(swaps * 0.6);
  });

  it('delays without reordering', () => {
    const { play, counts, planted } = faulty('delay=500ms@3%');
    expect(counts.faults.find(({ type }) => type === 'chat.message')?.count).toBeGreaterThan(5);
    expect(planted('missing_in_redis')).toBe(0);
    const at = new Map(play.told.map(({ atMs, item }) => [JSON.stringify(item[1]['raw_messages']), atMs]));
    const lags = play.messages.flatMap(({ atMs, envelope }) => {
      const told = at.get(JSON.stringify((envelope.payload as { raw_messages?: unknown }).raw_messages));
      return told === undefined ? [] : [atMs - told];
    });
    expect(Math.max(...lags)).toBeGreaterThan(500);
    for (const channel of new Set(play.messages.map((one) => one.channel))) {
      if (!channel.startsWith('chat:')) continue;
      const stamps = play.messages
        .filter((one) => one.channel === channel)
        .map(({ envelope }) => envelope.timestamp);
      expect(stamps).toEqual([...stamps].sort());
    }
  });

  it('counts a delay beyond the window as missing', () => {
    expect(faulty('chat.message:delay=6000ms@5%').planted('missing_in_redis')).toBeGreaterThan(5);
  });

  it('publishes under a wrong prefix, where nobody hears it', () => {
    const { play, planted, legacy } = faulty('wrongPrefix');
    const wrong = play.messages.filter(({ channel }) => channel.startsWith('wrong:'));
    expect(wrong.length).toBeGreaterThan(1_000);
    const arrived = new Set(
      play.messages
        .filter(({ channel }) => !channel.startsWith('wrong:'))
        .map(({ text }) => /"id": "(\S+)"/.exec(text)?.[1]),
    );
    expect(planted('missing_in_redis')).toBe(legacy.filter((id) => !arrived.has(id)).length);
  });

  it('knows which items of the lists stayed wrong longer than the window, and forgives the others', () => {
    // So few changes that a lost list is not followed by another for a long time.
    const play = new Play({ uids: ['anna'], changesPerSecond: 0.2 });
    play.attend(['anna']);
    play.run(60_000);
    play.simulation.setFaults(parseFaults('notif.sync:drop=100%'));
    play.run(120_000);
    const wrong = play.simulation.counts().planted.filter(({ type }) => type === 'notif.sync');
    expect(wrong.length).toBeGreaterThan(0);

    const quick = new Play({ uids: ['anna'], changesPerSecond: 20 });
    quick.attend(['anna']);
    quick.simulation.setFaults(parseFaults('notif.sync:drop=20%'));
    quick.run(60_000);
    quick.simulation.setFaults([]);
    quick.run(1_000);
    const counts = quick.simulation.counts();
    expect(counts.faults.find(({ type }) => type === 'notif.sync')?.count).toBeGreaterThan(50);
    expect(counts.planted).toEqual([]);
  });

  it('counts what Redis did not take, and says none of it later', async () => {
    const play = new Play({ uids: ['anna'], changesPerSecond: 20 });
    play.attend(['anna']);
    play.run(1_000);
    play.failPublishing = true;
    const before = play.messages.length;
    play.run(2_000);
    await Promise.resolve();
    play.failPublishing = false;
    const { lost, planted } = play.simulation.counts();
    expect(lost).toBeGreaterThan(10);
    expect(planted).toEqual([]);
    expect(play.messages).toHaveLength(before);
  });
});

describe('given a world that is paused', () => {
  it('changes nothing until it goes on', () => {
    const play = new Play({ changesPerSecond: 50 });
    play.listen('anna');
    play.run(2_000);
    play.simulation.pause();
    play.run(1_000);
    const notifications = () => play.told.filter(({ item }) => item[0] === 'notifications').length;
    const before = notifications();
    play.run(5_000);
    expect(notifications()).toBe(before);
    play.simulation.resume();
    play.run(5_000);
    expect(notifications()).toBeGreaterThan(before);
  });
});

describe('given a computer that slept for an hour', () => {
  it('does not play the hour in one go', () => {
    const play = new Play({ uids: ['anna'], changesPerSecond: 100 });
    play.attend(['anna']);
    play.run(1_000);
    const before = play.messages.length;
    play.simulation.advanceTo(START_MS + 3_600_000);
    expect(play.messages.length - before).toBeLessThan(before * 3);
  });
});

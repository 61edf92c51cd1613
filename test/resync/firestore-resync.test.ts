import { describe, expect, it } from '@jest/globals';
import { topicOf } from '../../src/domain/topic.js';
import { isJsonObject } from '../../src/domain/user-event.js';
import type { FirestoreAnswer, FirestorePort } from '../../src/resync/firestore-port.js';
import { FirestoreResync } from '../../src/resync/firestore-resync.js';
import { ManualClock } from '../manual-clock.js';

type Documents = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A handful of documents of one collection, with the one filter that is used. */
class FakeFirestore implements FirestorePort {
  readonly asked: string[] = [];
  answer: (docs: FirestoreAnswer['docs']) => Promise<FirestoreAnswer> = (docs) => Promise.resolve({ docs });

  constructor(private readonly documents: Documents) {}

  collection(path: string) {
    const get = (keep: (data: Readonly<Record<string, unknown>>) => boolean) => () => {
      this.asked.push(path);
      const docs = Object.entries(this.documents)
        .filter(([, data]) => keep(data))
        .map(([id, data]) => ({ id, data: () => data }));
      return this.answer(docs);
    };
    return {
      get: get(() => true),
      where: (field: string, _operator: '==', value: unknown) => ({
        get: get((data) => data[field] === value),
      }),
    };
  }
}

async function read(documents: Documents, clock = new ManualClock()) {
  const firestore = new FakeFirestore(documents);
  const envelopes = await new FirestoreResync({ firestore, clock }).read(topicOf('alice'));
  return { firestore, envelopes, items: itemsOf(envelopes[0]?.payload) };
}

function itemsOf(payload: unknown): Readonly<Record<string, unknown>>[] {
  const list = isJsonObject(payload) ? payload['notifications'] : undefined;
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

const FULL = {
  file_name: 'facture-1-é.pdf',
  collection_id: 'c1',
  collection_name: 'Société',
  status: 'error',
  read: false,
  job_id: 'j1',
  file_id: 'f1',
  function_name: 'Router',
  timestamp: '2025-09-20T11:44:00.000482+00:00',
  additional_info: { a: 1, b: 'x' },
  info_message: 'look',
};

describe("given a user's notifications in Firestore", () => {
  it('gives the unread ones as the list that the publisher would have sent', async () => {
    const { envelopes, firestore } = await read({ n1: FULL, n2: { ...FULL, read: true }, n3: {} });
    expect(firestore.asked).toEqual(['clients/alice/notifications']);
    const timestamp = '2025-09-20T11:44:00+00:00';
    const item = {
      message: 'facture-1-é.pdf - error',
      file_name: 'facture-1-é.pdf',
      collection_id: 'c1',
      collection_name: 'Société',
      url: '/edit_form/j1',
      status: 'error',
      read: false,
      doc_id: 'n1',
      job_id: 'j1',
      file_id: 'f1',
      function_name: 'Router',
      timestamp: '2025-09-20T11:44:00.000482+00:00',
      additional_info: "{'a': 1, 'b': 'x'}",
      info_message: 'look',
    };
    expect(envelopes).toEqual([
      {
        type: 'notif.sync',
        uid: 'alice',
        timestamp,
        payload: { notifications: [item], count: 1, timestamp },
      },
    ]);
    expect(Object.keys(itemsOf(envelopes[0]?.payload)[0] ?? {})).toHaveLength(14);
  });

  it('writes the defaults of the publisher where the database has nothing', async () => {
    const { items } = await read({ n1: { read: false, file_id: null, status: '' } });
    expect(items).toEqual([
      {
        message: 'Document - info',
        file_name: 'Document',
        collection_id: '',
        collection_name: '',
        url: '/edit_form/',
        status: 'info',
        read: false,
        doc_id: 'n1',
        job_id: '',
        file_id: '',
        function_name: '',
        timestamp: '',
        additional_info: '',
        info_message: '',
      },
    ]);
  });

  it('says an empty list too, for it may be news', async () => {
    const { envelopes } = await read({});
    expect(envelopes[0]?.payload).toMatchObject({ notifications: [], count: 0 });
  });

  it('puts the newest first, and those without a time last', async () => {
    const at = (timestamp: unknown) => ({ read: false, timestamp });
    const { items } = await read({
      old: at('2025-09-20T11:43:00+00:00'),
      none: at(undefined),
      stamp: at({ seconds: 1_758_368_640, nanoseconds: 482_999 }),
      date: at(new Date('2025-09-20T11:43:30.250Z')),
      bad: at({ seconds: 1e300, nanoseconds: 0 }),
    });
    expect(items.map((item) => [item['doc_id'], item['timestamp']])).toEqual([
      ['stamp', '2025-09-20T11:44:00.000482+00:00'],
      ['date', '2025-09-20T11:43:30.250000+00:00'],
      ['old', '2025-09-20T11:43:00+00:00'],
      ['none', ''],
      ['bad', ''],
    ]);
  });

  it('can be written as JSON whatever a document holds', async () => {
    class Reference {
      readonly path = 'a/b';
      readonly firestore = this;
    }
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const { items, envelopes } = await read({
      n1: {
        read: false,
        additional_info: { ref: new Reference(), big: 2n ** 60n, circle },
        job_id: 12n,
        file_id: new Reference(),
      },
    });
    expect(() => JSON.stringify(envelopes)).not.toThrow();
    expect(items[0]).toMatchObject({ job_id: '12', file_id: 'None' });
    expect(items[0]?.['additional_info']).toMatch(/^\{'ref': None, 'big': 1152921504606846976, 'circle': \{/);
  });
});

describe("given Firestore's own time of reading", () => {
  it('dates the list by it, so that a list that is read later wins', async () => {
    const firestore = new FakeFirestore({});
    firestore.answer = (docs) =>
      Promise.resolve({ docs, readTime: { seconds: 1_758_368_639, nanoseconds: 123_456_000 } });
    const [envelope] = await new FirestoreResync({ firestore, clock: new ManualClock() }).read(
      topicOf('alice'),
    );
    expect(envelope?.timestamp).toBe('2025-09-20T11:43:59.123456+00:00');
  });

  it('dates it by the moment of asking where there is none, however long the answer took', async () => {
    const clock = new ManualClock();
    const firestore = new FakeFirestore({});
    firestore.answer = (docs) => {
      clock.advance(1500);
      return Promise.resolve({ docs });
    };
    const [envelope] = await new FirestoreResync({ firestore, clock }).read(topicOf('alice'));
    expect(envelope?.timestamp).toBe('2025-09-20T11:44:00+00:00');
  });
});

describe('given a Firestore that does not answer', () => {
  it('rejects at the deadline', async () => {
    const clock = new ManualClock();
    const firestore = new FakeFirestore({});
    firestore.answer = () => new Promise(() => undefined);
    const reading = new FirestoreResync({ firestore, clock, timeoutMs: 700 }).read(topicOf('alice'));
    await Promise.resolve();
    clock.advance(700);
    await expect(reading).rejects.toThrow('nothing was read within 700 ms');
    expect(clock.pending).toBe(0);
  });

  it('rejects with its error', async () => {
    const firestore = new FakeFirestore({});
    firestore.answer = () => Promise.reject(new Error('PERMISSION_DENIED'));
    const resync = new FirestoreResync({ firestore, clock: new ManualClock() });
    await expect(resync.read(topicOf('alice'))).rejects.toThrow('PERMISSION_DENIED');
  });
});

describe('given a chat', () => {
  it('asks nothing and answers with nothing', async () => {
    const firestore = new FakeFirestore({ n1: FULL });
    const chat = topicOf('alice', { spaceCode: 's', threadKey: 't' });
    expect(await new FirestoreResync({ firestore, clock: new ManualClock() }).read(chat)).toEqual([]);
    expect(firestore.asked).toEqual([]);
  });
});

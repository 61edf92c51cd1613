import {
  init,
  LDConcurrentExecution,
  LDMigrationStage,
  createMigration,
} from '@launchdarkly/node-server-sdk';
import { TestData } from '@launchdarkly/node-server-sdk/integrations';
import equal from 'fast-deep-equal';
import { Registry } from 'prom-client';
import * as scientist from 'tzientist';
import { StreamComparer } from '../../src/comparing/stream-comparer.js';
import type { TopicSession } from '../../src/comparing/topic-session.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { UserEvent, type Envelope } from '../../src/domain/user-event.js';
import { PromRecorder } from '../../src/metrics/prom-recorder.js';
import { AtHand } from './at-hand.js';
import { CHAT, messageOf, uidOf } from './messages.js';
import { serve } from './serve.js';

/** The same things from both sides. */
type Pairs = readonly (readonly [Envelope, Envelope])[];

const TOPICS = 500;
const ITEMS = 50;
const PUSHED_AT_ONCE = 100;

const clock = new SystemClock();
const recorder = new PromRecorder({ registry: new Registry(), clock });
const comparer = new StreamComparer({
  clock,
  recorder,
  // A list's verdict may come as soon as both sides have said it.
  settings: { rules: [{ type: 'notif.sync', settleMs: 0 }] },
});
const chats = sessions(() => ({ chat: CHAT }));
const lists = sessions(() => ({}));
let found = 0;
let number = 0;

function sessions(more: () => object): readonly TopicSession[] {
  return Array.from({ length: TOPICS }, (_, user) => {
    const session = comparer.begin({ uid: uidOf(user), ...more() });
    session.attached('legacy');
    session.attached('redis');
    return session;
  });
}

function events(count: number): Pairs {
  return Array.from({ length: count }, (_, n) => twice(messageOf('chat', n % TOPICS, number++)));
}

function twice(text: string): readonly [Envelope, Envelope] {
  return [JSON.parse(text) as Envelope, JSON.parse(text) as Envelope];
}

/** One list of 50 items for each topic, of which one has changed since the last. */
function changedLists(): Pairs {
  const round = number++;
  return Array.from({ length: TOPICS }, (_, user) => {
    const notifications = Array.from({ length: ITEMS }, (__, n) =>
      itemOf(user, n, round % ITEMS === n ? round : 0),
    );
    const timestamp = new Date(1_700_000_000_000 + round * 1_000).toISOString().replace('Z', '+00:00');
    const payload = { notifications, count: ITEMS, timestamp };
    return twice(JSON.stringify({ type: 'notif.sync', uid: uidOf(user), timestamp, payload }));
  });
}

/** About 360 bytes, as the contract's. */
function itemOf(user: number, n: number, change: number): object {
  const id = `job-${user}-${n}-4f1c2a9b7d`;
  return {
    message: `Invoice ${id}.pdf - success`,
    file_name: `Invoice ${id}.pdf`,
    collection_id: 'collection-81f2',
    collection_name: 'Purchases 2025',
    url: `/edit_form/${id}`,
    status: change === 0 ? 'success' : `step ${change}`,
    read: false,
    doc_id: `doc-${id}`,
    job_id: id,
    file_id: `file-${n}`,
    function_name: 'APbookeeper',
    timestamp: '2025-09-20T11:44:00.123456+00:00',
    additional_info: '',
    info_message: 'The invoice was booked.',
  };
}

/** Says each pair to its session, a few at a time, and waits for the verdicts. */
async function crossfade(on: readonly TopicSession[], pairs: Pairs): Promise<void> {
  const before = trials();
  for (let n = 0; n < pairs.length; n++) {
    const [legacy, redis] = pairs[n] ?? [];
    const session = on[n % TOPICS];
    if (legacy === undefined || redis === undefined || session === undefined) continue;
    session.arrived(new UserEvent(legacy, 'legacy', clock.elapsedMs()));
    session.arrived(new UserEvent(redis, 'redis', clock.elapsedMs()));
    if (n % PUSHED_AT_ONCE === 0) await until(() => comparer.load().queued === 0);
  }
  await until(() => trials() >= before + pairs.length);
  if (comparer.samples().length > 0) throw new Error(`It differs: ${JSON.stringify(comparer.samples()[0])}`);
}

async function until(holds: () => boolean): Promise<void> {
  const untilMs = clock.elapsedMs() + 30_000;
  while (!holds()) {
    if (clock.elapsedMs() > untilMs) throw new Error('The comparison did not come to its verdicts.');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function trials(): number {
  return comparer.sums().trials;
}

function experiment(isSame: (a: unknown, b: unknown) => boolean): (pairs: Pairs) => void {
  const run = scientist.experiment({
    name: 'benchmark',
    control: (pair: Pairs[number]) => pair[0],
    candidate: (pair: Pairs[number]) => pair[1],
    options: {
      publish: ({ controlResult, candidateResult }) => {
        if (isSame(controlResult, candidateResult)) found++;
      },
    },
  });
  return (pairs) => {
    for (const pair of pairs) run(pair);
  };
}

function sameSortedLists(a: unknown, b: unknown): boolean {
  return equal(sorted(a as Envelope), sorted(b as Envelope));
}

function sorted({ payload }: Envelope): readonly { doc_id: string }[] {
  const { notifications } = payload as { notifications: { doc_id: string }[] };
  return [...notifications].sort((a, b) => (a.doc_id < b.doc_id ? -1 : 1));
}

async function migration(): Promise<(pairs: Pairs) => Promise<void>> {
  const data = new TestData();
  await data.update(data.flag('migration').valueForAll(LDMigrationStage.Shadow));
  const silent = { debug: none, info: none, warn: none, error: none };
  const client = init('benchmark', { updateProcessor: data.getFactory(), sendEvents: false, logger: silent });
  await client.waitForInitialization({ timeout: 5 });
  const moved = createMigration<unknown, unknown, Pairs[number], Pairs[number]>(client, {
    execution: new LDConcurrentExecution(),
    readOld: (pair) => Promise.resolve({ success: true, value: pair?.[0] } as never),
    readNew: (pair) => Promise.resolve({ success: true, value: pair?.[1] } as never),
    writeOld: () => Promise.reject(new Error('nothing is written')),
    writeNew: () => Promise.reject(new Error('nothing is written')),
    check: (a, b) => {
      const isSame = equal(a, b);
      if (isSame) found++;
      return isSame;
    },
  });
  return async (pairs) => {
    for (const pair of pairs)
      await moved.read('migration', { kind: 'user', key: pair[0].uid }, LDMigrationStage.Off, pair);
  };
}

function none(): void {
  // The client has nothing to say here.
}

const atHand = new AtHand(TOPICS);

const others: Readonly<Record<string, Promise<(pairs: Pairs) => void | Promise<void>>>> = {
  'Crossfade, at hand': Promise.resolve((pairs: Pairs) => {
    atHand.events(pairs);
    found = pairs.length;
  }),
  'Crossfade, lists at hand': Promise.resolve((pairs: Pairs) => {
    atHand.lastLists(pairs);
    found = pairs.length;
  }),
  tzientist: Promise.resolve(experiment(equal)),
  'tzientist, lists': Promise.resolve(experiment(sameSortedLists)),
  LaunchDarkly: migration(),
};

/** CPU of one comparison, microseconds. */
async function compare({
  by,
  lists: many,
  count,
}: {
  by: string;
  lists: number;
  count: number;
}): Promise<number> {
  let micros = 0;
  let compared = 0;
  for (let wave = 0; wave < Math.max(1, many); wave++) {
    const pairs = many > 0 ? changedLists() : events(count);
    globalThis.gc?.();
    found = 0;
    const other = await others[by];
    const start = process.cpuUsage();
    if (other === undefined) await crossfade(many > 0 ? lists : chats, pairs);
    else await other(pairs);
    const { user, system } = process.cpuUsage(start);
    if (other !== undefined && found !== pairs.length)
      throw new Error(`${by} found ${found} of ${pairs.length}.`);
    micros += user + system;
    compared += pairs.length;
  }
  return micros / compared;
}

serve({ compare });

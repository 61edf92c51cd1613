import { Registry } from 'prom-client';
import type { Gap } from '../../src/domain/gap.js';
import type { LegacyItem, LegacyTuple } from '../../src/domain/legacy-item.js';
import type { Source } from '../../src/domain/source.js';
import type { Topic } from '../../src/domain/topic.js';
import type { Envelope } from '../../src/domain/user-event.js';
import type { CrossfadeOptions } from '../../src/nest/crossfade-options.js';
import { startRuntime } from '../../src/nest/crossfade-runtime.js';
import { InProcessSource } from '../../src/sources/in-process-source.js';
import { FakeFlags } from '../fakes/fake-flags.js';

export type FaultStage = 'live' | 'complete';

/** What a module is started with; it can be written as JSON, for a module in a process of its own. */
export interface ModuleWish {
  /** `mixed`: every third user `complete`, the others `live` */
  readonly stage: FaultStage | 'mixed';
  /** everything that is read */
  readonly topics: readonly Topic[];
  readonly options: Pick<CrossfadeOptions, 'redis' | 'presence' | 'prefixes'> & Record<string, unknown>;
}

/** Who is told what the module does. */
export interface ModuleListener {
  delivered(uid: string, envelope: Envelope): void;
  gap(gap: Gap): void;
  /** The module has opened a topic of legacy. */
  legacyStarts(topic: Topic): void;
  /** The module re-reads a topic. */
  reread(topic: Topic): Promise<readonly LegacyTuple[]>;
}

/** A module with a reader for every topic, in this process or in one of its own. */
export interface ModuleUnderTest {
  push(uid: string, item: LegacyItem): void;
  /** By which source a topic is served, as far as that is known here. */
  servedBy(topic: Topic): Source | undefined;
  metrics(): Promise<string>;
  close(): Promise<void>;
}

/** Starts a module in this process and reads every topic. */
export async function startModule(
  { stage, topics, options }: ModuleWish,
  told: ModuleListener,
): Promise<ModuleUnderTest> {
  const flags = new FakeFlags();
  const isLive = (uid: string): boolean =>
    stage === 'live' || (stage === 'mixed' && Number(uid.slice(4)) % 3 !== 0);
  for (const { uid } of topics) flags.set(uid, isLive(uid), true);
  flags.serveIsFull = stage !== 'live';
  const legacySource = new InProcessSource({
    start: (topic) => {
      told.legacyStarts(topic);
      return () => undefined;
    },
  });
  const registry = new Registry();
  const runtime = await startRuntime({
    mode: 'local',
    legacySource,
    flags: { reader: flags },
    registry,
    resync: { callback: (topic) => told.reread(topic) },
    onGap: (gap) => {
      told.gap(gap);
    },
    ...options,
  });
  const { events } = runtime;
  const chatOf = ({ chat }: Topic) => (chat === undefined ? {} : { chat });
  for (const topic of topics)
    events.listen(
      topic.uid,
      ({ envelope }) => {
        told.delivered(topic.uid, envelope);
      },
      chatOf(topic),
    );
  return {
    push: (uid, item) => {
      legacySource.push(uid, item);
    },
    servedBy: (topic) => events.servedBy(topic.uid, chatOf(topic)),
    metrics: () => registry.metrics(),
    close: () => runtime.close(),
  };
}

import type { ComparerParts } from '../../src/comparing/stream-comparer.js';
import { StreamComparer } from '../../src/comparing/stream-comparer.js';
import type { TopicSession } from '../../src/comparing/topic-session.js';
import type { Source } from '../../src/domain/source.js';
import type { Topic } from '../../src/domain/topic.js';
import { UserEvent } from '../../src/domain/user-event.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { ManualClock } from '../manual-clock.js';

export const CHAT: Topic = { uid: 'u1', chat: { spaceCode: 'sp1', threadKey: 'th1' } };

/** A comparer with everything around it, and short ways to say things to it. */
export class ComparerBench {
  readonly clock = new ManualClock();
  readonly recorder = new FakeRecorder();
  readonly comparer: StreamComparer;

  constructor(parts: Partial<ComparerParts> = {}) {
    this.comparer = new StreamComparer({
      clock: this.clock,
      recorder: this.recorder,
      ...parts,
      settings: { confirmMs: 0, ...parts.settings },
    });
  }

  /** A session whose sources have both been there for long. */
  session(topic: Topic = { uid: 'u1' }): TopicSession {
    const session = this.comparer.begin(topic);
    session.attached('legacy');
    session.attached('redis');
    this.clock.advance(60_000);
    return session;
  }

  say(session: TopicSession, source: Source, type: string, payload: object, uid = 'u1'): void {
    session.arrived(new UserEvent({ type, uid, payload }, source, this.clock.elapsedMs()));
  }

  list(session: TopicSession, source: Source, items: readonly object[], type = 'notif.sync'): void {
    const key = type === 'msg.sync' ? 'messages' : 'notifications';
    const timestamp = new Date(this.clock.nowMs()).toISOString().replace('Z', '+00:00');
    this.say(session, source, type, { [key]: items, count: items.length, timestamp });
  }

  message(session: TopicSession, source: Source, id: string, change: object = {}): void {
    const message = { id, content: `says ${id}`, message_type: 'MESSAGE', read: false, ...change };
    this.say(session, source, 'chat.message', {
      space_code: 'sp1',
      thread_key: 'th1',
      raw_messages: [message],
    });
  }

  /** What was counted of comparisons, without what was received or delivered. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.recorder.counts].sort());
  }
}

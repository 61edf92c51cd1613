import { randomUUID } from 'node:crypto';
import type { Clock } from '../contracts/clock.js';
import type { EventSource, SourceSink } from '../contracts/event-source.js';
import type { Presence, PresenceHold } from '../contracts/presence.js';
import { topicOf } from '../domain/topic.js';

/**
 * Makes somebody present whom nobody knows, and waits for that one's first list: nobody else can be attached as
 * that uid, so a publisher that is well says one, if an empty one. `withinMs` is for
 * a place in the queue of presences and for the list.
 * Resolves to `heard` or `unheard`, or to `broken` where the source broke meanwhile; never rejects.
 */
export function probePublisher(
  source: EventSource,
  presence: Presence,
  clock: Clock,
  withinMs: number,
): Promise<'heard' | 'unheard' | 'broken'> {
  const topic = topicOf(`crossfade-probe-${randomUUID()}`);
  return new Promise((resolve) => {
    let hold: PresenceHold | undefined;
    let isOver = false;
    const end = (result: 'heard' | 'unheard' | 'broken'): void => {
      if (isOver) return;
      isOver = true;
      cancel();
      hold?.release('at_once');
      // It may be told before it has been opened.
      queueMicrotask(() => {
        subscription.close();
      });
      resolve(result);
    };
    const cancel = clock.after(withinMs, () => {
      end(hold === undefined ? 'broken' : 'unheard');
    });
    const heard = (): void => {
      end('heard');
    };
    const sink: SourceSink = {
      wants: 'bytes',
      attached: () => {
        if (!isOver) hold ??= presence.hold(topic);
      },
      detached: () => {
        end('broken');
      },
      event: heard,
      bytes: heard,
      rejected: () => undefined,
    };
    const subscription = source.open(topic, sink);
  });
}

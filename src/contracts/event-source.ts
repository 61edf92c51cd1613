import type { Rejection } from '../domain/envelope.js';
import type { GapCause } from '../domain/gap.js';
import type { Source } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { Envelope } from '../domain/user-event.js';

/** A place that events come from. */
export interface EventSource {
  readonly source: Source;
  /**
   * Opens a topic for `sink` and returns at once; never throws. Until `sink.attached()` nothing is promised.
   * Several sinks may hold the same topic: each is told everything, and the topic stays open until all have closed.
   */
  open(topic: Topic, sink: SourceSink): SourceSubscription;
}

export interface SourceSubscription {
  /** After this the sink is told nothing more; calling it again does nothing. */
  close(): void;
}

/**
 * Who is told what a source says of one topic. Calls come in the order of arrival and must not throw; the
 * first may come before `open` has returned.
 */
export interface SourceSink {
  /** `bytes`: whoever reads wants messages unparsed where their head proves whose they are. Read at each message. */
  readonly wants: 'events' | 'bytes';
  /** From here on nothing that the source says is missed. Comes again after each `detached`. */
  attached(): void;
  /**
   * The source may be missing events, from `agoMs` before now (the last moment proven whole; 0 where the
   * break was seen at once) until the next `attached`.
   */
  detached(cause: GapCause, agoMs: number): void;
  /** `bytes` is the message as it came, where it came as bytes; valid only during the call (copy to keep). */
  event(envelope: Envelope, bytes?: Uint8Array): void;
  /** An unparsed message of this topic's user; only while `wants` is `bytes`; valid only during the call. */
  bytes(type: string, bytes: Uint8Array): void;
  /** A message that may reach nobody: no envelope, or one of another user. */
  rejected(why: Rejection): void;
}

import { Observable } from 'rxjs';
import type { Cancel } from '../contracts/clock.js';
import type { Route } from '../domain/route.js';
import type { Source } from '../domain/source.js';
import { topicOf, type Chat } from '../domain/topic.js';
import type { UserEvent } from '../domain/user-event.js';
import type { Router } from './router.js';
import { SubscriberReader } from './subscriber-reader.js';

/** Which of a user's topics is meant; without a chat, the user's own. */
export interface StreamOptions {
  readonly chat?: Chat;
}

/**
 * The events of users, from whichever source each user's stage says. Subscribing opens, unsubscribing closes;
 * any number of subscribers of one topic share one subscription. Every method throws CrossfadeError
 * `invalid_uid` or `invalid_chat` at once when asked for something that can be no topic.
 */
export class EventProvider {
  constructor(private readonly router: Router) {}

  /**
   * A user's events as objects. Never completes and never fails by itself. A subscriber that throws costs no other
   * reader anything, but by the rule of rxjs it is an uncaught exception, which ends a process that does not set
   * `config.onUnhandledError`; `listen` counts it instead.
   */
  stream(uid: string, options: StreamOptions = {}): Observable<UserEvent> {
    const topic = topicOf(uid, options.chat);
    return new Observable((subscriber) =>
      this.router.begin(topic, new SubscriberReader('events', subscriber)),
    );
  }

  /**
   * A user's events as the bytes of each envelope (UTF-8 JSON), unparsed where that is possible. The bytes
   * are those of the socket: whoever keeps them for long copies them, or keeps 64 KB for each.
   */
  streamBytes(uid: string, options: StreamOptions = {}): Observable<Uint8Array> {
    const topic = topicOf(uid, options.chat);
    return new Observable((subscriber) =>
      this.router.begin(topic, new SubscriberReader('bytes', subscriber)),
    );
  }

  /** As `stream`, by callback: the cheapest way to read. Returns how to stop. */
  listen(uid: string, next: (event: UserEvent) => void, options: StreamOptions = {}): Cancel {
    return this.router.read(topicOf(uid, options.chat), { kind: 'events', next });
  }

  /** As `streamBytes`, by callback. Returns how to stop. */
  listenBytes(uid: string, next: (bytes: Uint8Array) => void, options: StreamOptions = {}): Cancel {
    return this.router.read(topicOf(uid, options.chat), { kind: 'bytes', next });
  }

  /** The stage that holds for a user now, and why. */
  route(uid: string): Route {
    return this.router.routeOf(topicOf(uid).uid);
  }

  /** The source that serves a topic now; undefined while nobody reads it in this process. */
  servedBy(uid: string, options: StreamOptions = {}): Source | undefined {
    return this.router.servedBy(topicOf(uid, options.chat));
  }
}

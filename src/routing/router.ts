import { CrossfadeError } from '../domain/errors.js';
import { decideRoute, type Route } from '../domain/route.js';
import type { Source } from '../domain/source.js';
import type { Stage } from '../domain/stage.js';
import { topicKey, type Topic } from '../domain/topic.js';
import type { Cancel } from '../contracts/clock.js';
import type { SourceHealth } from '../contracts/source-health.js';
import type { Consumer } from './consumer.js';
import { Reading } from './reading.js';
import { RedisDoubts } from './redis-doubts.js';
import { routingDesk, type RoutingDesk } from './routing-desk.js';
import type { RoutingParts } from './routing-parts.js';
import { UserStream } from './user-stream.js';

/** How long a flag change may hold the event loop before it lets others run. */
const SLICE_MS = 8;

/** All topics that are read in this process, and the route of each. */
export class Router {
  private readonly streams = new Map<string, UserStream>();
  private readonly users: Record<Stage, number> = { legacy: 0, shadow: 0, live: 0, complete: 0 };
  private readonly stopWatching: Cancel;
  private rerouting: { cancel: Cancel } | undefined;
  private readonly doubts = new RedisDoubts(() => {
    this.rerouteAll();
  });
  private readonly desk: RoutingDesk;
  private closed = false;

  /** @throws CrossfadeError `invalid_settings` for a handover setting out of its bounds */
  constructor(private readonly parts: RoutingParts) {
    this.desk = routingDesk(parts, this.doubts);
    const watched = [parts.flags, parts.killSwitch].map((part) =>
      part?.onChange(() => {
        this.rerouteAll();
      }),
    );
    this.stopWatching = () => {
      for (const stop of watched) stop?.();
    };
  }

  /** As `begin`, until the returned function is called. */
  read(topic: Topic, consumer: Consumer): Cancel {
    const reading = this.begin(topic, consumer);
    return () => {
      reading.unsubscribe();
    };
  }

  /**
   * Reads a topic until the reading is stopped. All readers of a topic share its sources.
   * @throws CrossfadeError `closed` after `close`
   */
  begin(topic: Topic, consumer: Consumer): Reading {
    if (this.closed)
      throw new CrossfadeError('closed', 'This process is shutting down.', 'Connect to another one.');
    const key = topicKey(topic);
    let stream = this.streams.get(key);
    if (stream === undefined) {
      stream = new UserStream(topic, this.decide(topic.uid, undefined), this.desk);
      this.streams.set(key, stream);
      this.count(topic, stream.route.stage, 1);
      stream.add(consumer);
      stream.start();
    } else stream.add(consumer);
    return new Reading(stream, consumer, this.leave);
  }

  /** The route that holds for a user now, whether or not the user is connected here. */
  routeOf(uid: string): Route {
    return this.streams.get(uid)?.route ?? this.decide(uid, undefined);
  }

  /** The source that a connected topic is served by; undefined when nobody reads it here. */
  servedBy(topic: Topic): Source | undefined {
    return this.streams.get(topicKey(topic))?.serving;
  }

  /** For who watches this replica's Redis: what is doubted holds for every topic, also for those opened later. */
  get redisHealth(): SourceHealth {
    return this.doubts;
  }

  /** How many connected users each stage has. */
  usersByStage(): Readonly<Record<Stage, number>> {
    return { ...this.users };
  }

  /** Closes every topic; readers are told nothing more. */
  close(): void {
    this.closed = true;
    this.stopWatching();
    this.rerouting?.cancel();
    for (const stream of this.streams.values()) {
      this.count(stream.topic, stream.route.stage, -1);
      stream.close();
    }
    this.streams.clear();
    this.desk.sweep.close();
    this.desk.resyncs?.close();
  }

  private readonly leave = (stream: UserStream, consumer: Consumer): void => {
    const key = topicKey(stream.topic);
    if (stream.remove(consumer) || this.streams.get(key) !== stream) return;
    this.streams.delete(key);
    this.count(stream.topic, stream.route.stage, -1);
    stream.close();
  };

  /** In slices, so that the event loop is never held; a change in the middle starts again from the first. */
  private rerouteAll(): void {
    this.rerouting?.cancel();
    if (this.closed) return;
    const streams = this.streams.values();
    const slice = (): void => {
      const untilMs = this.parts.clock.elapsedMs() + SLICE_MS;
      for (let next = streams.next(); next.done !== true; next = streams.next()) {
        const stream = next.value;
        stream.heedDoubts();
        this.reroute(stream);
        if (this.parts.clock.elapsedMs() >= untilMs) {
          this.rerouting = { cancel: this.parts.clock.after(0, slice) };
          return;
        }
      }
      this.rerouting = undefined;
    };
    slice();
  }

  private reroute(stream: UserStream): void {
    const before = stream.route;
    const route = this.decide(stream.uid, before);
    if (route === before) return;
    this.count(stream.topic, before.stage, -1);
    this.count(stream.topic, route.stage, 1);
    stream.apply(route);
  }

  /** A decision that fails leaves a user where the user is. */
  private decide(uid: string, before: Route | undefined): Route {
    const { limits, flags, killSwitch, recorder } = this.parts;
    try {
      // Who stops is not kept waiting by flags that fail.
      if (killSwitch?.state().stopped === true) return decideRoute(limits, undefined, true);
      return decideRoute(limits, flags?.cohorts(uid));
    } catch (error) {
      recorder.failed('decide_route', error);
      return before ?? decideRoute(limits, undefined);
    }
  }

  /** Only users count, not their chats. */
  private count({ chat }: Topic, stage: Stage, by: number): void {
    if (chat === undefined) this.users[stage] += by;
  }
}

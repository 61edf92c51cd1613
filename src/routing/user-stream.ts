import type { ComparisonSession } from '../contracts/comparer.js';
import type { PresenceHold } from '../contracts/presence.js';
import type { Rejection } from '../domain/envelope.js';
import type { GapStart } from '../domain/gap.js';
import type { Route } from '../domain/route.js';
import { otherSource, SOURCES, type Source } from '../domain/source.js';
import { STAGE_RULES } from '../domain/stage.js';
import { timestampMicros } from '../domain/timestamp.js';
import type { Topic } from '../domain/topic.js';
import { UserEvent, type Envelope } from '../domain/user-event.js';
import type { Consumer } from './consumer.js';
import { NO_DOUBTS, type RedisDoubts } from './redis-doubts.js';
import type { RoutingParts } from './routing-parts.js';
import { SourceLeg, type LegOwner } from './source-leg.js';

/**
 * One topic while somebody reads it: keeps open the sources that the user's stage asks for, serves one of
 * them to every reader, and hands both to the comparison after the reader has been served.
 */
export class UserStream implements LegOwner {
  wants: 'events' | 'bytes' = 'events';
  private readonly legs: Record<Source, SourceLeg | undefined> = { legacy: undefined, redis: undefined };
  private consumers: readonly Consumer[] = [];
  private serving: Source | undefined;
  /** sources may answer before `open` returns; who serves is chosen once all are open */
  private opening = false;
  private hold: PresenceHold | undefined;
  private session: ComparisonSession | undefined;

  constructor(
    private readonly topic: Topic,
    public route: Route,
    private readonly parts: RoutingParts,
    private readonly doubts: RedisDoubts,
  ) {}

  /** Opens what the stage asks for; called once there is a reader, who may be told at once. */
  start(): void {
    this.apply(this.route);
  }

  add(consumer: Consumer): void {
    this.consumers = [...this.consumers, consumer];
    this.chooseWants();
  }

  /** Returns whether anybody is left. */
  remove(consumer: Consumer): boolean {
    this.consumers = this.consumers.filter((other) => other !== consumer);
    this.chooseWants();
    return this.consumers.length > 0;
  }

  get uid(): string {
    return this.topic.uid;
  }

  /** The source whose events the readers get now. */
  get servedBy(): Source | undefined {
    return this.serving;
  }

  /** Moves the user to a route: opens first, and closes only what is no longer needed. */
  apply(route: Route): void {
    this.route = route;
    const { open } = STAGE_RULES[route.stage];
    this.opening = true;
    for (const source of SOURCES) if (open[source]) this.openLeg(source);
    this.opening = false;
    this.chooseServing();
  }

  /** Takes up what is doubted about Redis as a whole now. */
  heedDoubts(): void {
    this.legs.redis?.heed(this.doubts.standing);
  }

  close(): void {
    this.endSession();
    this.releasePresence();
    for (const source of SOURCES) this.closeLeg(source);
  }

  elapsedMs(): number {
    return this.parts.clock.elapsedMs();
  }

  legAttached(leg: SourceLeg, gap: GapStart | undefined): void {
    if (gap !== undefined)
      this.parts.recorder.gap(leg.source, gap.cause, this.elapsedMs() - gap.sinceMs, this.topic);
    this.chooseServing();
  }

  legDetached(): void {
    this.chooseServing();
  }

  legWhole(leg: SourceLeg): void {
    this.instrument((session) => {
      session.attached(leg.source);
    });
  }

  legBroken(leg: SourceLeg, gap: GapStart): void {
    this.instrument((session) => {
      session.detached(leg.source, gap);
    });
  }

  legEvent(leg: SourceLeg, envelope: Envelope, bytes: Uint8Array | undefined): void {
    const event = new UserEvent(envelope, leg.source, this.elapsedMs());
    this.parts.recorder.received(leg.source, envelope.type);
    if (this.isServing(leg)) this.deliver(event, bytes);
    this.instrument((session) => {
      session.arrived(event);
    });
  }

  legBytes(leg: SourceLeg, type: string, bytes: Uint8Array): void {
    const { recorder } = this.parts;
    recorder.received(leg.source, type);
    if (!this.isServing(leg)) return;
    const told = this.consumers;
    for (const consumer of told)
      if (consumer.kind === 'bytes' && this.stillReads(consumer, told))
        this.hand(() => {
          consumer.next(bytes);
        });
    recorder.delivered(leg.source, type, undefined);
  }

  legRejected(leg: SourceLeg, why: Rejection): void {
    if (why === 'misrouted') this.parts.recorder.misrouted(leg.source);
    else this.parts.recorder.unreadable(leg.source);
  }

  /** A source may speak before its `open` returns: then the stage's own source is the one that serves. */
  private isServing(leg: SourceLeg): boolean {
    return leg.source === (this.serving ?? STAGE_RULES[this.route.stage].serves);
  }

  private deliver(event: UserEvent, bytes: Uint8Array | undefined): void {
    let encoded = bytes;
    const told = this.consumers;
    for (const consumer of told) {
      if (!this.stillReads(consumer, told)) continue;
      if (consumer.kind === 'events')
        this.hand(() => {
          consumer.next(event);
        });
      // A legacy item can hold what JSON cannot say: that is the failure of whoever reads bytes.
      else
        this.hand(() => {
          consumer.next((encoded ??= encode(event.envelope)));
        });
    }
    this.parts.recorder.delivered(event.source, event.type, this.ageMs(event.envelope));
  }

  /** A reader may stop another one while both are being told. */
  private stillReads(consumer: Consumer, told: readonly Consumer[]): boolean {
    return told === this.consumers || this.consumers.includes(consumer);
  }

  /** A reader that throws hurts neither the other readers nor the source. */
  private hand(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.parts.recorder.failed('consumer', error);
    }
  }

  private ageMs(envelope: Envelope): number | undefined {
    const micros = timestampMicros(envelope.timestamp);
    return micros === undefined ? undefined : this.parts.clock.nowMs() - micros / 1_000;
  }

  private openLeg(source: Source): void {
    const from = this.parts[source];
    if (from === undefined || this.legs[source] !== undefined) return;
    const doubts = source === 'redis' ? this.doubts.standing : NO_DOUBTS;
    this.legs[source] = new SourceLeg(from, this.topic, this, doubts);
  }

  private closeLeg(source: Source): void {
    this.legs[source]?.close();
    this.legs[source] = undefined;
  }

  /**
   * The stage's own source serves while it is well; while it opens, whichever served before; when it broke,
   * the other one if that is well. What the stage does not ask for stays open until it is no longer serving.
   */
  private chooseServing(): void {
    if (this.opening) return;
    const rule = STAGE_RULES[this.route.stage];
    const preferred = this.legs[rule.serves];
    const other = this.legs[otherSource(rule.serves)];
    if (preferred?.state !== 'attached' && other?.state === 'attached') {
      const held = preferred?.state === 'opening' && this.serving === undefined;
      this.serving = held ? rule.serves : other.source;
    } else this.serving = rule.serves;
    for (const source of SOURCES) if (!rule.open[source] && source !== this.serving) this.closeLeg(source);
    this.keepPresence();
    this.keepSession();
    this.chooseWants();
  }

  /** Presence follows the acknowledgement, and is held over a broken link: closing it would silence the user elsewhere. */
  private keepPresence(): void {
    const redis = this.legs.redis;
    if (redis === undefined) this.releasePresence();
    else if (this.hold === undefined && redis.state === 'attached' && this.needsPresence()) {
      try {
        this.hold = this.parts.presence.hold(this.topic);
      } catch (error) {
        this.parts.recorder.failed('presence', error);
      }
    }
  }

  private needsPresence(): boolean {
    return (
      this.topic.chat === undefined ||
      this.parts.compareChats ||
      STAGE_RULES[this.route.stage].serves === 'redis'
    );
  }

  private releasePresence(): void {
    this.hold?.release();
    this.hold = undefined;
  }

  private keepSession(): void {
    const { comparer } = this.parts;
    const compared = this.topic.chat === undefined || this.parts.compareChats;
    const compares =
      compared &&
      comparer !== undefined &&
      STAGE_RULES[this.route.stage].compares &&
      this.legs.legacy !== undefined &&
      this.legs.redis !== undefined;
    if (!compares) {
      this.endSession();
      return;
    }
    if (this.session !== undefined) return;
    try {
      this.session = comparer.begin(this.topic);
    } catch (error) {
      this.parts.recorder.failed('compare', error);
      return;
    }
    for (const source of SOURCES) {
      if (this.legs[source]?.isWhole === true)
        this.instrument((session) => {
          session.attached(source);
        });
    }
  }

  private endSession(): void {
    this.instrument((session) => {
      session.end();
    });
    this.session = undefined;
  }

  /** The comparison is the instrument: it may fail, the served path may not. */
  private instrument(tell: (session: ComparisonSession) => void): void {
    if (this.session === undefined) return;
    try {
      tell(this.session);
    } catch (error) {
      this.parts.recorder.failed('compare', error);
    }
  }

  private chooseWants(): void {
    const unparsed = this.session === undefined && this.consumers.every(({ kind }) => kind === 'bytes');
    this.wants = unparsed ? 'bytes' : 'events';
  }
}

const ENCODER = new TextEncoder();

function encode(envelope: Envelope): Uint8Array {
  return ENCODER.encode(JSON.stringify(envelope));
}

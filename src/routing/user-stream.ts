import { readEnvelope, type Rejection } from '../domain/envelope.js';
import type { GapStart } from '../domain/gap.js';
import type { Route } from '../domain/route.js';
import { otherSource, SOURCES, type Source } from '../domain/source.js';
import { STAGE_RULES, type StageRule } from '../domain/stage.js';
import type { Topic } from '../domain/topic.js';
import { UserEvent, type Envelope } from '../domain/user-event.js';
import { listStampInTail } from '../domain/wire-tail.js';
import { Compared } from './compared.js';
import type { Consumer } from './consumer.js';
import { isPatient } from './handover.js';
import { Losses } from './losses.js';
import { Outlet, type OutletState } from './outlet.js';
import { hasReaders, onlyByteReader, wantBytes, withoutReader, withReader } from './readers.js';
import type { RoutingDesk } from './routing-desk.js';
import { Serving, type Served } from './serving.js';
import type { LegOwner, SourceLeg } from './source-leg.js';
import { SourceLegs } from './source-legs.js';
import type { Swept } from './sweep.js';

/**
 * One topic while somebody reads it: keeps open the sources that the user's stage asks for, hands what they say to
 * the readers, and both to the comparison after them.
 */
export class UserStream implements LegOwner, OutletState, Served, Swept {
  private readonly legs: SourceLegs;
  private readonly outlet: Outlet;
  private readonly choice: Serving;
  /** `opening`: sources may answer before `open` returns; who serves is chosen once all are open */
  private phase: 'opening' | 'open' | 'closed' = 'opening';
  private compared: Compared | undefined;
  private losses: Losses | undefined;

  constructor(
    private readonly topic: Topic,
    public route: Route,
    private readonly desk: RoutingDesk,
  ) {
    this.legs = new SourceLegs(topic, desk, this);
    this.outlet = new Outlet(desk, this);
    this.choice = new Serving(this.legs, desk, this);
  }

  /** Opens what the stage asks for; called once there is a reader, who may be told at once. */
  start(): void {
    this.open(SOURCES.filter((source) => this.rule.open[source]));
  }

  add(consumer: Consumer): void {
    this.outlet.readers = withReader(this.outlet.readers, consumer);
    this.chooseWants();
  }

  /** Returns whether anybody is left. */
  remove(consumer: Consumer): boolean {
    this.outlet.readers = withoutReader(this.outlet.readers, consumer);
    this.chooseWants();
    return hasReaders(this.outlet.readers);
  }

  get uid(): string {
    return this.topic.uid;
  }

  /** Moves the user to a route: opens first, and closes only what is no longer needed. */
  apply(route: Route): void {
    if (this.wanted === 'redis') this.choice.redisWanted();
    this.route = route;
    if (this.wanted === 'legacy') this.losses?.forgive();
    this.choice.want();
    this.start();
  }

  /** Takes up what is doubted about Redis as a whole now. */
  heedDoubts(): void {
    this.legs.heedDoubts();
  }

  close(): void {
    this.phase = 'closed';
    this.choice.giveUp();
    this.desk.sweep.remove(this);
    this.losses?.close();
    this.compared?.end();
    this.legs.closeAll();
  }

  elapsedMs(): number {
    return this.desk.parts.clock.elapsedMs();
  }

  /** The source that the readers have; undefined before any was there. */
  get serving(): Source | undefined {
    return this.choice.source;
  }

  /* What the choice of a source must know, and says. */

  get wanted(): Source {
    return this.rule.serves;
  }

  get reason(): Route['reason'] {
    return this.route.reason;
  }

  underway(): void {
    if (this.phase !== 'closed') this.desk.sweep.add(this);
  }

  switched(to: Source): void {
    this.underway();
    this.outlet.release(to);
  }

  /* What the legs say. */

  legAcknowledged({ source }: SourceLeg): void {
    if (source === 'redis' && this.phase === 'open') this.legs.keepPresence(this.needsPresence());
  }

  legAttached({ source }: SourceLeg): void {
    if (source === 'redis' && this.wanted === 'redis') this.losses?.end();
    this.outlet.doubt(source);
    // What it says from now on is filled in, and comes after what it said before.
    if (source !== this.serving && this.fillsIn(source)) this.outlet.release(source);
    this.chooseServing();
  }

  legDetached({ source }: SourceLeg, gap: GapStart): void {
    const other = otherSource(source);
    this.choice.settle();
    this.outlet.doubt(source);
    if (source === this.serving && !this.legs.isWell(other)) {
      this.loses();
      this.outlet.release(other);
    }
    if (source !== this.serving) this.choice.otherBroke();
    // A publisher that is silent for a moment says nothing about how steady Redis is.
    if (source === 'redis' && this.wanted === 'redis' && gap.cause !== 'presence') this.choice.redisBroke();
    this.chooseServing();
  }

  gapEnded({ source }: SourceLeg, { cause, sinceMs }: GapStart): void {
    this.desk.parts.recorder.gap(source, cause, this.elapsedMs() - sinceMs, this.topic);
  }

  legWhole({ source }: SourceLeg): void {
    this.compared?.attached(source);
  }

  legBroken({ source }: SourceLeg, gap: GapStart): void {
    this.compared?.detached(source, gap);
  }

  legEvent(leg: SourceLeg, envelope: Envelope, bytes: Uint8Array | undefined): void {
    const { source } = leg;
    const event = new UserEvent(envelope, source, this.elapsedMs());
    this.desk.parts.recorder.received(source, event.type);
    // Whoever speaks while the sources are still being opened is heard.
    this.choice.source ??= source;
    const mergedAs = this.desk.mergedAs.get(event.type);
    if (mergedAs === 'list') {
      leg.listAtMs ??= event.arrivedAtMs;
      this.noteList(source, event.type);
    }
    this.outlet.pass(event, bytes);
    if (mergedAs !== undefined) this.underway();
    this.compared?.arrived(event);
  }

  legBytes(leg: SourceLeg, type: string, bytes: Uint8Array): void {
    const mergedAs = this.desk.mergedAs.get(type);
    const micros = mergedAs === 'list' ? listStampInTail(bytes) : undefined;
    if (mergedAs !== undefined && micros === undefined) {
      // What both sources carry is known by what it says, in every stage.
      const envelope = readEnvelope(DECODER.decode(bytes), this.uid);
      if (typeof envelope === 'string') this.legRejected(leg, envelope);
      else this.legEvent(leg, envelope, bytes);
      return;
    }
    const { source } = leg;
    this.desk.parts.recorder.received(source, type);
    this.choice.source ??= source;
    if (micros !== undefined) this.listBytes(leg, type, bytes, micros);
    else this.outlet.passBytes(source, type, bytes);
  }

  legRejected(leg: SourceLeg, why: Rejection): void {
    if (why === 'misrouted') this.desk.parts.recorder.misrouted(leg.source);
    else this.desk.parts.recorder.unreadable(leg.source);
  }

  /* What an outlet must know. */

  get isMoving(): boolean {
    const standsIn = this.serving === 'legacy' && this.wanted === 'redis';
    return this.choice.isUnderway || this.isMerging || standsIn;
  }

  get isMerging(): boolean {
    return this.choice.isMerging;
  }

  fillsIn(source: Source): boolean {
    return this.choice.fillsIn(source);
  }

  isAlone(source: Source): boolean {
    return !this.isMerging && this.legs.of(otherSource(source)) === undefined;
  }

  tick(nowMs: number): boolean {
    if (this.phase === 'closed') return false;
    const { settings } = this.desk;
    const { awaySinceMs } = this;
    if (awaySinceMs !== undefined && nowMs - awaySinceMs >= settings.reopenLegacyAfterMs)
      this.open(['legacy']);
    this.tendWindow(nowMs);
    if (this.serving === 'legacy') this.releaseHidden(nowMs);
    this.chooseServing();
    if (this.isMerging) return true;
    const isYoung = this.outlet.expire(this.serving ?? 'legacy', nowMs);
    return isYoung || this.choice.isUnderway || this.awaySinceMs !== undefined;
  }

  /**
   * Delivers what Redis said while it was wanted and legacy would have brought by now: a chat's presence on Redis can
   * hide messages from it.
   */
  private releaseHidden(nowMs: number): void {
    const untilMs = nowMs - this.desk.settings.handoverWindowMs;
    if (this.wanted === 'redis') {
      if (this.legs.isWell('redis')) this.outlet.release('redis', untilMs, true);
    } else if (isPatient(this.reason))
      this.outlet.release('redis', Math.min(untilMs, this.choice.redisWantedUntilMs), true);
  }

  private get rule(): StageRule {
    return STAGE_RULES[this.route.stage];
  }

  private listBytes(leg: SourceLeg, type: string, bytes: Uint8Array, micros: number): void {
    const nowMs = this.elapsedMs();
    leg.listAtMs ??= nowMs;
    this.noteList(leg.source, type);
    this.outlet.passBytes(leg.source, type, bytes, { micros, nowMs });
    this.underway();
  }

  /** Whatever is re-read meanwhile is no newer than a list of Redis or of the source that serves. */
  private noteList(source: Source, type: string): void {
    if (source === 'redis' || source === this.serving) this.losses?.noteList(type);
  }

  private open(sources: readonly Source[]): void {
    this.phase = 'opening';
    this.chooseWants();
    for (const source of sources) {
      this.legs.open(source);
      // A reader may leave as soon as it is told something; nobody would close what is opened after that.
      if (this.isClosed()) {
        this.legs.closeAll();
        return;
      }
    }
    this.phase = 'open';
    this.chooseServing();
  }

  private isClosed(): boolean {
    return this.phase === 'closed';
  }

  private chooseServing(): void {
    if (this.phase !== 'open') return;
    this.legs.keepPresence(this.needsPresence());
    this.choice.choose();
    if (this.isClosed()) return;
    this.keepOnlyNeeded();
    if (this.awaySinceMs !== undefined) this.underway();
  }

  private tendWindow(nowMs: number): void {
    const { serving } = this;
    if (serving === undefined) return;
    if (this.choice.takeListsDue()) this.outlet.takeOver(serving, this.legs.sameSinceMs, nowMs);
    if (this.choice.endWindow()) this.outlet.settle(serving, nowMs);
  }

  /** Since when Redis has been away from a user in `complete`, while legacy could be opened in its place. */
  private get awaySinceMs(): number | undefined {
    if (this.route.stage !== 'complete' || this.desk.parts.legacy === undefined) return undefined;
    return this.legs.of('legacy') === undefined ? this.legs.of('redis')?.awaySinceMs : undefined;
  }

  private loses(): void {
    const { resyncs, parts } = this.desk;
    const { recorder, clock } = parts;
    const pass = (event: UserEvent): void => {
      this.outlet.passReread(event);
    };
    this.losses ??= new Losses(this.topic, { resyncs, recorder, clock, pass });
    this.losses.begin();
  }

  private keepOnlyNeeded(): void {
    for (const source of SOURCES) {
      const standsBy = source === 'legacy' && !this.legs.isWell('redis');
      const isNeeded = this.rule.open[source] || source === this.serving || this.isMerging;
      if (isNeeded || standsBy || this.legs.of(source) === undefined) continue;
      this.legs.close(source);
      this.outlet.closed(source);
    }
    this.legs.keepPresence(this.needsPresence());
    this.keepComparison();
    this.chooseWants();
  }

  /** A chat's presence can hide its messages from legacy: it is never held for readers whom legacy alone serves. */
  private needsPresence(): boolean {
    const isServed = this.wanted === 'redis' || this.serving === 'redis' || this.isMerging;
    return isServed || this.topic.chat === undefined || this.desk.parts.compareChats;
  }

  private keepComparison(): void {
    const { comparer, recorder, compareChats } = this.desk.parts;
    const isCompared = this.topic.chat === undefined || compareChats;
    if (comparer !== undefined && isCompared && this.rule.compares && this.legs.hasBoth) {
      this.compared ??= new Compared(recorder);
      this.compared.begin(comparer, this.topic, (source) => this.legs.of(source)?.isWhole === true);
      this.compared.moving(this.choice.isUnderway || this.isMerging);
    } else {
      this.compared?.end();
      this.compared = undefined;
    }
  }

  private chooseWants(): void {
    const { readers } = this.outlet;
    const isParsed = this.compared !== undefined || this.isMerging || this.legs.hasBoth;
    const wants = !isParsed && wantBytes(readers) ? 'bytes' : 'events';
    const isStraight = wants === 'bytes' && this.phase === 'open';
    this.legs.want(wants, this.serving, isStraight ? onlyByteReader(readers) : undefined);
  }
}

const DECODER = new TextDecoder();

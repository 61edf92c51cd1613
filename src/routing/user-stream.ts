import type { PresenceHold } from '../contracts/presence.js';
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
import { isPatient, type Handover } from './handover.js';
import { Losses } from './losses.js';
import { expire, pass, passBytes, passReread, release, showLast, takeOver, type Outlet } from './outlet.js';
import { hasReaders, NO_READERS, onlyByteReader, wantBytes, withoutReader, withReader } from './readers.js';
import type { RoutingDesk } from './routing-desk.js';
import * as choice from './serving.js';
import type { SourceLeg } from './source-leg.js';
import {
  ask,
  closeLeg,
  closeLegs,
  haveBoth,
  isWell,
  keepPresence,
  openLeg,
  sameSinceMs,
} from './source-legs.js';
import type { StreamMerge } from './stream-merge.js';
import type { Swept } from './sweep.js';

/**
 * One topic while somebody reads it: keeps open the sources that the user's stage asks for, hands what they say to
 * the readers, and both to the comparison after them.
 */
export class UserStream implements Outlet, choice.Served, Swept {
  legacy: SourceLeg | undefined;
  redis: SourceLeg | undefined;
  hold: PresenceHold | undefined;
  readers = NO_READERS;
  merge: StreamMerge | undefined;
  serving: Source | undefined;
  handover: Handover | undefined;
  isFresh = true;
  /** `opening`: sources may answer before `open` returns; who serves is chosen once all are open */
  private phase: 'opening' | 'open' | 'closed' = 'opening';
  private compared: Compared | undefined;
  private losses: Losses | undefined;

  constructor(
    readonly topic: Topic,
    public route: Route,
    readonly desk: RoutingDesk,
  ) {}

  /** Opens what the stage asks for; called once there is a reader, who may be told at once. */
  start(): void {
    this.open(this.rule.open);
  }

  add(consumer: Consumer): void {
    this.readers = withReader(this.readers, consumer);
    this.chooseWants();
  }

  /** Returns whether anybody is left. */
  remove(consumer: Consumer): boolean {
    this.readers = withoutReader(this.readers, consumer);
    this.chooseWants();
    return hasReaders(this.readers);
  }

  get uid(): string {
    return this.topic.uid;
  }

  /** Moves the user to a route: opens first, and closes only what is no longer needed. */
  apply(route: Route): void {
    if (this.wanted === 'redis') choice.redisWanted(this);
    this.route = route;
    if (this.wanted === 'legacy') this.losses?.forgive();
    choice.want(this);
    this.start();
  }

  /** Takes up what is doubted about Redis as a whole now. */
  heedDoubts(): void {
    this.redis?.heedDoubts();
  }

  close(): void {
    this.phase = 'closed';
    choice.giveUp(this);
    this.desk.sweep.remove(this);
    this.losses?.close();
    this.compared?.end();
    closeLegs(this);
  }

  elapsedMs(): number {
    return this.desk.parts.clock.elapsedMs();
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
    release(this, to);
  }

  /* What the legs say. */

  legAcknowledged({ source }: SourceLeg): void {
    if (source === 'redis' && this.phase === 'open') keepPresence(this, this.needsPresence());
  }

  legAttached({ source }: SourceLeg): void {
    if (source === 'redis' && this.wanted === 'redis') this.losses?.end();
    this.merge?.doubt(source);
    // What it says from now on is filled in, and comes after what it said before.
    if (source !== this.serving && this.fillsIn(source)) release(this, source);
    this.chooseServing();
  }

  legDetached({ source }: SourceLeg, gap: GapStart): void {
    const other = otherSource(source);
    choice.settle(this);
    this.merge?.doubt(source);
    if (source === this.serving && !isWell(this, other)) {
      this.loses();
      release(this, other);
    }
    if (source !== this.serving) choice.otherBroke(this);
    // A publisher that is silent for a moment says nothing about how steady Redis is.
    if (source === 'redis' && this.wanted === 'redis' && gap.cause !== 'presence') choice.redisBroke(this);
    this.chooseServing();
  }

  gapEnded({ source }: SourceLeg, { cause, sinceMs }: GapStart): void {
    this.desk.parts.recorder.gap(source, cause, Math.max(0, this.elapsedMs() - sinceMs), this.topic);
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
    this.serving ??= source;
    const mergedAs = this.desk.mergedAs.get(event.type);
    if (mergedAs === 'list') {
      leg.noteList(event.arrivedAtMs);
      this.noteList(source, event.type);
    }
    pass(this, event, bytes);
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
    this.serving ??= source;
    if (micros !== undefined) this.listBytes(leg, type, bytes, micros);
    else passBytes(this, source, type, bytes);
  }

  legRejected(leg: SourceLeg, why: Rejection): void {
    if (why === 'misrouted') this.desk.parts.recorder.misrouted(leg.source);
    else this.desk.parts.recorder.unreadable(leg.source);
  }

  /* What an outlet must know. */

  get isMoving(): boolean {
    const standsIn = this.serving === 'legacy' && this.wanted === 'redis';
    return choice.isUnderway(this) || this.isMerging || standsIn;
  }

  get isMerging(): boolean {
    return choice.isWindowOpen(this);
  }

  fillsIn(source: Source): boolean {
    return choice.bringsMore(this, source);
  }

  isAlone(source: Source): boolean {
    return !this.isMerging && this[otherSource(source)] === undefined;
  }

  tick(nowMs: number): boolean {
    if (this.phase === 'closed') return false;
    const { settings } = this.desk;
    const { awaySinceMs } = this;
    if (awaySinceMs !== undefined && nowMs - awaySinceMs >= settings.reopenLegacyAfterMs)
      this.open(STAGE_RULES.legacy.open);
    this.tendWindow(nowMs);
    if (this.serving === 'legacy') this.releaseHidden(nowMs);
    this.chooseServing();
    if (this.isMerging) return true;
    const isYoung = expire(this, this.serving ?? 'legacy', nowMs);
    return isYoung || choice.isUnderway(this) || this.awaySinceMs !== undefined;
  }

  /**
   * Delivers what Redis said while it was wanted and legacy would have brought by now: a chat's presence on Redis can
   * hide messages from it.
   */
  private releaseHidden(nowMs: number): void {
    const untilMs = nowMs - this.desk.settings.handoverWindowMs;
    if (this.wanted === 'redis') {
      if (isWell(this, 'redis')) release(this, 'redis', untilMs, true);
    } else if (isPatient(this.reason))
      release(this, 'redis', Math.min(untilMs, choice.redisWantedUntilMs(this)), true);
  }

  private get rule(): StageRule {
    return STAGE_RULES[this.route.stage];
  }

  private listBytes(leg: SourceLeg, type: string, bytes: Uint8Array, micros: number): void {
    const nowMs = this.elapsedMs();
    leg.noteList(nowMs);
    this.noteList(leg.source, type);
    passBytes(this, leg.source, type, bytes, { micros, nowMs });
    this.underway();
  }

  /** Whatever is re-read meanwhile is no newer than a list of Redis or of the source that serves. */
  private noteList(source: Source, type: string): void {
    if (source === 'redis' || source === this.serving) this.losses?.noteList(type);
  }

  private open(sources: StageRule['open']): void {
    this.phase = 'opening';
    this.chooseWants();
    for (const source of SOURCES) {
      if (!sources[source]) continue;
      openLeg(this, source);
      // A reader may leave as soon as it is told something; nobody would close what is opened after that.
      if (this.isClosed()) {
        closeLegs(this);
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
    keepPresence(this, this.needsPresence());
    choice.choose(this);
    if (this.isClosed()) return;
    this.keepOnlyNeeded();
    if (this.awaySinceMs !== undefined) this.underway();
  }

  private tendWindow(nowMs: number): void {
    const { serving } = this;
    if (serving === undefined) return;
    if (choice.takeListsDue(this)) takeOver(this, serving, sameSinceMs(this), nowMs);
    if (choice.endWindow(this)) showLast(this, serving, nowMs);
  }

  /** Since when Redis has been away from a user in `complete`, while legacy could be opened in its place. */
  private get awaySinceMs(): number | undefined {
    if (this.route.stage !== 'complete' || this.desk.parts.legacy === undefined) return undefined;
    return this.legacy === undefined ? this.redis?.awaySinceMs : undefined;
  }

  private loses(): void {
    const { resyncs, parts } = this.desk;
    const { recorder, clock } = parts;
    const pass = (event: UserEvent): void => {
      passReread(this, event);
    };
    this.losses ??= new Losses(this.topic, { resyncs, recorder, clock, pass });
    this.losses.begin();
  }

  private keepOnlyNeeded(): void {
    for (const source of SOURCES) {
      const standsBy = source === 'legacy' && !isWell(this, 'redis');
      const isNeeded = this.rule.open[source] || source === this.serving || this.isMerging;
      if (isNeeded || standsBy || this[source] === undefined) continue;
      closeLeg(this, source);
      this.merge?.closed(source);
    }
    keepPresence(this, this.needsPresence());
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
    if (comparer !== undefined && isCompared && this.rule.compares && haveBoth(this)) {
      this.compared ??= new Compared(recorder);
      if (!this.compared.hasBegun)
        this.compared.begin(comparer, this.topic, (source) => this[source]?.isWhole === true);
      this.compared.moving(choice.isUnderway(this) || this.isMerging);
    } else {
      this.compared?.end();
      this.compared = undefined;
    }
  }

  private chooseWants(): void {
    const { readers } = this;
    const isParsed = this.compared !== undefined || this.isMerging || haveBoth(this);
    const wants = !isParsed && wantBytes(readers) ? 'bytes' : 'events';
    const isStraight = wants === 'bytes' && this.phase === 'open';
    ask(this, wants, this.serving, isStraight ? onlyByteReader(readers) : undefined);
  }
}

const DECODER = new TextDecoder();

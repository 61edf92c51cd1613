import type { RouteReason } from '../domain/route.js';
import { otherSource, type Source } from '../domain/source.js';
import { Handover, isPatient, type Arrival } from './handover.js';
import type { RoutingDesk } from './routing-desk.js';
import type { SourceLegs } from './source-legs.js';

/** What the stage wants, and whom to tell. */
export interface Served {
  /** the source that the stage serves from */
  readonly wanted: Source;
  /** why the user has this stage */
  readonly reason: RouteReason;
  /** Something has begun that must be looked after. */
  underway(): void;
  /** Another source serves from now on. */
  switched(to: Source): void;
}

/** Which of its sources one topic is served by, and how far it is on the way from one to the other. */
export class Serving {
  source: Source | undefined;
  private handover: Handover | undefined;
  /** nothing has happened since the readers came: whichever source serves, they have not got used to it */
  private isFresh = true;

  constructor(
    private readonly legs: SourceLegs,
    private readonly desk: RoutingDesk,
    private readonly served: Served,
  ) {}

  /** Whether the readers are on their way to the wanted source. */
  get isUnderway(): boolean {
    return this.handover?.isUnderway === true;
  }

  /** Whether the window after a handover is open. */
  get isMerging(): boolean {
    return this.window !== undefined;
  }

  /**
   * The stage's own source serves once it is well and its time has come; whichever served before serves until
   * then; and when the one that serves breaks, the other takes over at once if that is well.
   */
  choose(): void {
    const { wanted } = this.served;
    const other = otherSource(wanted);
    const isWell = this.legs.isWell(wanted);
    this.source ??= isWell || !this.legs.isWell(other) ? wanted : other;
    if (this.source === wanted) {
      this.handover?.giveUp(other, 'turned_back', this.nowMs);
      this.stay(wanted, isWell);
    } else if (isWell) {
      this.begin();
      const result = this.arrival(wanted);
      if (result !== undefined) this.switchTo(wanted, result);
    }
  }

  /** The readers' stage has changed, or their source was not heard: from now on they are moved with care. */
  settle(): void {
    this.isFresh = false;
  }

  /** The readers are to be moved, if they are not where the stage wants them. */
  want(): void {
    this.isFresh = false;
    if (this.source !== this.served.wanted) this.begin();
  }

  /** Nobody is left who could be moved. */
  giveUp(): void {
    this.handover?.giveUp(this.served.wanted, 'left', this.nowMs);
  }

  /** A source that does not serve broke: what it brings from now on may come before what it left out. */
  otherBroke(): void {
    if (this.window?.old === 'whole') this.window.old = 'broke';
  }

  /** Redis broke while it was wanted: whoever returns to it waits. */
  redisBroke(): void {
    this.made().redisBroke(this.nowMs);
  }

  /** Redis has been wanted until now. */
  redisWanted(): void {
    this.made().redisWantedUntilMs = this.nowMs;
  }

  /** Until when Redis was wanted last, milliseconds of `Clock.elapsedMs()`. */
  get redisWantedUntilMs(): number {
    return this.handover?.redisWantedUntilMs ?? -Infinity;
  }

  /** Whether a source that does not serve brings now what the one that serves does not. */
  fillsIn(source: Source): boolean {
    if (this.source === undefined) return false;
    // While the one that serves is broken, whoever speaks is heard.
    if (!this.legs.isWell(this.source)) return true;
    if (this.legs.missedByOther(source, this.nowMs)) return true;
    const old = this.window?.old;
    return old === 'whole' || (old === 'broke' && this.legs.isYoung(this.source, this.nowMs));
  }

  /** Once after a handover that could not wait. */
  takeListsDue(): boolean {
    if (this.window?.listsDue !== true) return false;
    this.window.listsDue = false;
    return true;
  }

  /** Closes the window whose time is over; returns whether one was. */
  endWindow(): boolean {
    if (this.handover?.window === undefined || this.nowMs < this.handover.window.untilMs) return false;
    this.handover.window = undefined;
    return true;
  }

  private get window(): Handover['window'] {
    return this.handover?.window;
  }

  private get nowMs(): number {
    return this.desk.parts.clock.elapsedMs();
  }

  /** The wanted source serves already. */
  private stay(wanted: Source, isWell: boolean): void {
    const other = otherSource(wanted);
    if (!isWell) {
      if (this.legs.isWell(other)) this.switchTo(other, 'at_once');
    } else if (this.isFresh && wanted === 'redis' && this.legs.hasBoth) this.switchTo(wanted, 'begun');
  }

  /** How the wanted source may take over now; undefined while it may not. */
  private arrival(wanted: Source): Arrival | undefined {
    if (!this.legs.isWell(otherSource(wanted))) return 'at_once';
    if (this.isFresh) return 'begun';
    if (!isPatient(this.served.reason)) return 'at_once';
    return this.nowMs >= this.made().dueMs(wanted, this.legs.warmth(wanted)) ? 'completed' : undefined;
  }

  private made(): Handover {
    return (this.handover ??= new Handover(this.desk.settings, this.desk.parts.recorder));
  }

  private begin(): void {
    this.made().begin(this.nowMs);
    this.served.underway();
  }

  private switchTo(to: Source, result: Arrival): void {
    // Redis is silent until its publisher knows of the user: legacy fills in, also if it is attached only then.
    const isWhole = this.legs.isWell(otherSource(to)) || result === 'begun';
    this.made().arrive(to, result, isWhole ? 'whole' : 'broke', this.nowMs);
    // A stand-in for a source that is still being opened: that one takes over as soon as it is there.
    if (to === this.served.wanted) this.isFresh = false;
    this.source = to;
    this.served.switched(to);
  }
}

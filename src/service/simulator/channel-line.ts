import type { Fault, FaultName } from './faults.js';
import { altered, type Publication } from './publication.js';
import type { Random } from './random.js';
import type { Timeline } from './timeline.js';

export interface ChannelLineOptions {
  readonly timeline: Timeline;
  readonly random: Random;
  /** which fault the next publication of this type suffers */
  readonly faultFor: (type: string) => Fault | undefined;
  /** hands a publication to Redis */
  readonly emit: (publication: Publication, prefix: 'right' | 'wrong') => void;
  /** a fault was really carried out on this publication */
  readonly onFault: (fault: FaultName, publication: Publication, delayMs: number) => void;
}

/** Says what is to be said when its turn has come, from what is true then; undefined: nothing after all. */
export type Produce = () => Publication | undefined;

// Well inside the window in which a comparison waits for a partner.
const MAX_REORDER_HOLD_MS = 3_000;

/** The publications of one channel, one after the other; here the faults happen. */
export class ChannelLine {
  private lastDueMs = 0;
  private isDelayed = false;
  private readonly waiting: Produce[] = [];
  /** waits for the next one to overtake it */
  private held: Publication | undefined;

  constructor(private readonly options: ChannelLineOptions) {}

  /** Publishes after `latencyMs`, and not before what was said earlier on this channel. */
  say(latencyMs: number, produce: Produce): void {
    const { timeline } = this.options;
    this.lastDueMs = Math.max(this.lastDueMs, timeline.nowMs + latencyMs);
    timeline.at(this.lastDueMs, () => {
      this.turn(produce);
    });
  }

  private turn(produce: Produce): void {
    if (this.isDelayed) {
      this.waiting.push(produce);
      return;
    }
    const publication = produce();
    if (publication === undefined) return;
    const fault = this.options.faultFor(publication.type);
    if (fault === undefined) this.send(publication);
    else this.suffer(publication, fault, produce);
  }

  private suffer(publication: Publication, fault: Fault, produce: Produce): void {
    const { timeline, random, emit, onFault } = this.options;
    const happened = (delayMs = 0) => {
      onFault(fault.name, publication, delayMs);
    };
    switch (fault.name) {
      case 'drop':
        happened();
        return;
      case 'wrongPrefix':
        emit(publication, 'wrong');
        happened();
        return;
      case 'delay':
        this.delay(publication, fault.delayMs);
        happened(fault.delayMs);
        return;
      case 'reorder':
        if (this.held === undefined) this.hold(publication);
        else this.send(publication);
        return;
      case 'duplicate':
        this.send(publication);
        timeline.at(timeline.nowMs + random.between(5, 50), () => {
          const again = produce();
          if (again === undefined) return;
          emit(again, 'right');
          happened();
        });
        return;
      case 'alter': {
        const other = altered(publication, random.between(0, 1_000));
        this.send(other ?? publication);
        if (other !== undefined) happened();
      }
    }
  }

  private send(publication: Publication): void {
    this.options.emit(publication, 'right');
    if (this.held === undefined) return;
    const overtaken = this.held;
    this.held = undefined;
    this.options.emit(overtaken, 'right');
    this.options.onFault('reorder', overtaken, 0);
  }

  private hold(publication: Publication): void {
    this.held = publication;
    const { timeline, emit } = this.options;
    timeline.at(timeline.nowMs + MAX_REORDER_HOLD_MS, () => {
      // Nothing came to overtake it: it is merely late.
      if (this.held !== publication) return;
      this.held = undefined;
      emit(publication, 'right');
    });
  }

  /** Those behind it wait as well: a late link delays, it does not reorder. */
  private delay(publication: Publication, delayMs: number): void {
    const { timeline } = this.options;
    this.isDelayed = true;
    timeline.at(timeline.nowMs + delayMs, () => {
      this.isDelayed = false;
      this.send(publication);
      for (const produce of this.waiting.splice(0)) this.turn(produce);
    });
  }
}

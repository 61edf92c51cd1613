import type { Clock } from '../contracts/clock.js';
import type { Recorder } from '../contracts/recorder.js';
import { isEnvelope } from '../domain/envelope.js';
import type { Topic } from '../domain/topic.js';
import { UserEvent, type Envelope } from '../domain/user-event.js';
import type { Resynced, Resyncs } from './resyncs.js';

/** What a `Losses` works with. */
export interface LossesParts {
  /** left out: what was lost is counted and not re-read */
  readonly resyncs: Resyncs | undefined;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** takes what was re-read */
  readonly pass: (event: UserEvent) => void;
}

/** What one topic lost for good in a gap, until it has been re-read: once for each gap. */
export class Losses implements Resynced {
  private hasLost = false;
  /** types of the lists that came since a resync was asked for */
  private listsSince: Set<string> | undefined;

  constructor(
    readonly topic: Topic,
    private readonly parts: LossesParts,
  ) {}

  /** A gap swallows what no other source brings. */
  begin(): void {
    this.hasLost = true;
  }

  /** Another source brings, or has brought, all that matters. */
  forgive(): void {
    this.hasLost = false;
  }

  /** The gap is over: asks for what it swallowed, if it did. */
  end(): void {
    if (!this.hasLost) return;
    this.hasLost = false;
    if (this.parts.resyncs === undefined) return;
    this.listsSince = new Set();
    this.parts.resyncs.ask(this);
  }

  /** Whatever is re-read meanwhile is no newer than this list. */
  noteList(type: string): void {
    this.listsSince?.add(type);
  }

  ended(answer: readonly Envelope[] | undefined, isAskedAgain: boolean): void {
    const since = this.listsSince;
    const { recorder, clock, pass } = this.parts;
    if (!isAskedAgain) this.listsSince = undefined;
    for (const envelope of answer ?? []) {
      if (!isEnvelope(envelope)) recorder.unreadable('redis');
      else if (envelope.uid !== this.topic.uid) recorder.misrouted('redis');
      else if (since?.has(envelope.type) !== true) pass(new UserEvent(envelope, 'redis', clock.elapsedMs()));
    }
  }

  close(): void {
    this.parts.resyncs?.forget(this);
  }
}

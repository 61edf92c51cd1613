import type { Cancel, Clock } from '../contracts/clock.js';
import type { Recorder } from '../contracts/recorder.js';
import { SOURCES } from '../domain/source.js';
import type { Topic } from '../domain/topic.js';
import type { UserEvent } from '../domain/user-event.js';
import type { TraceGap } from './trace-gap.js';
import { arrivalLine, gapLine } from './trace-line.js';
import type { TraceRedaction } from './trace-redaction.js';
import { WorkQueue } from './work-queue.js';

/** Where the lines of a recording go. Calls must not throw. */
export interface TraceSink {
  /** Takes a line, without its end; false asks to wait until the tap is told to `resume`. */
  write(line: string): boolean;
  /** Nothing more will come. */
  end(): void;
}

/** What a recording is made with. */
export interface TapParts {
  readonly clock: Clock;
  readonly recorder: Pick<Recorder, 'failed'>;
  readonly redaction: TraceRedaction;
  readonly sink: TraceSink;
  /** undefined: every user */
  readonly uids: ReadonlySet<string> | undefined;
  /** how long to record, milliseconds */
  readonly forMs: number;
  /** How every topic stands now, where it is not as usual; asked at the start and after each loss. */
  readonly standings: () => Iterable<Standing>;
  /** The tap has ended. */
  readonly ended: (tap: TraceTap) => void;
}

/** How the source of a topic stands; as in a line of a recording, but for the time. */
export type Standing = Omit<TraceGap, 'atMs' | 'sinceMs'> & {
  readonly topic: Topic;
  readonly sinceMs?: number;
};

const MAX_ARRIVALS = 10_000;
const MAX_ITEMS = 100_000;
const SLICE_MS = 2;
/** How long the sink may take for what is left once the time is over. */
const GRACE_MS = 10_000;

/**
 * One recording of a running comparison: is told what the comparison is told, queues it, and writes it off the
 * served path in slices of about 2 ms. Beyond 10,000 arrivals, 100,000 list items or 10,000 other lines that wait,
 * it writes a gap of both sources for everybody, with the number of arrivals that are missing in it.
 */
export class TraceTap {
  private readonly queue = new WorkQueue<Topic>(MAX_ARRIVALS, MAX_ITEMS);
  private readonly startMs: number;
  private drain: Cancel | undefined;
  private lost: { readonly sinceMs: number; arrivals: number } | undefined;
  private deadline: Cancel;
  private isBlocked = false;
  private state: 'open' | 'ending' | 'ended' = 'open';

  constructor(private readonly parts: TapParts) {
    this.startMs = parts.clock.elapsedMs();
    this.deadline = parts.clock.after(parts.forMs, () => {
      this.finish();
    });
    // Partners that came before are not here: whatever is next to the start is excused.
    for (const edge of ['begin', 'end'] as const) this.everybody(edge, this.startMs);
    this.tellStandings();
    this.wake();
  }

  arrived(topic: Topic, event: UserEvent): void {
    if (this.state !== 'open' || !this.wants(topic)) return;
    if (this.lost !== undefined) this.lost.arrivals++;
    else if (this.isFull()) this.lost = { sinceMs: event.arrivedAtMs, arrivals: 1 };
    else this.queue.push({ event, session: topic });
    this.wake();
  }

  /** A topic's source stands otherwise than before. */
  stands(standing: Standing): void {
    if (this.state !== 'open' || !this.wants(standing.topic)) return;
    // What is lost of these is told again once there is room.
    if (this.lost !== undefined) return;
    if (this.isFull()) this.lost = { sinceMs: this.parts.clock.elapsedMs(), arrivals: 0 };
    else this.tell(standing);
    this.wake();
  }

  /** The sink takes lines again. */
  resume(): void {
    this.isBlocked = false;
    this.wake();
  }

  /** Writes what it has been told, and then ends the sink. */
  finish(): void {
    if (this.state !== 'open') return;
    this.state = 'ending';
    if (this.lost !== undefined) this.tellLoss(this.lost);
    // Partners that come later are not here either.
    this.everybody('begin', this.parts.clock.elapsedMs());
    this.deadline();
    this.deadline = this.parts.clock.after(GRACE_MS, () => {
      this.stop();
    });
    this.wake();
  }

  /** Ends at once; whoever read has left, or the process is closing. */
  stop(): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.drain?.();
    this.deadline();
    while (this.queue.shift() !== undefined);
    this.parts.sink.end();
    this.parts.ended(this);
  }

  private wants({ uid }: Topic): boolean {
    return this.parts.uids?.has(uid) ?? true;
  }

  private isFull(): boolean {
    return this.queue.isFull || this.queue.size > 2 * MAX_ARRIVALS;
  }

  private wake(): void {
    if (this.isBlocked || this.state === 'ended') return;
    this.drain ??= this.parts.clock.after(0, () => {
      this.drain = undefined;
      this.drainSlice();
    });
  }

  private drainSlice(): void {
    const { clock } = this.parts;
    const untilMs = clock.elapsedMs() + SLICE_MS;
    while (!this.isBlocked && clock.elapsedMs() < untilMs) {
      const work = this.queue.shift();
      if (work === undefined) break;
      if (work.event === undefined) work.applies();
      else this.write(work.session, work.event);
    }
    if (this.lost !== undefined && this.queue.size <= MAX_ARRIVALS / 2) this.recover(this.lost);
    if (this.queue.size > 0) this.wake();
    else if (this.state === 'ending') this.stop();
  }

  private write(topic: Topic, event: UserEvent): void {
    const atMs = event.arrivedAtMs;
    try {
      const envelope = this.parts.redaction.shown(event);
      if (envelope !== undefined) this.put(arrivalLine(event.source, topic, envelope, atMs - this.startMs));
    } catch (error) {
      this.parts.recorder.failed('trace', error);
      const { source } = event;
      const gap = {
        atMs: atMs - this.startMs,
        sinceMs: atMs - this.startMs,
        source,
        topic,
        cause: 'link',
      } as const;
      this.put(gapLine({ ...gap, edge: 'begin' }));
      this.put(gapLine({ ...gap, edge: 'end' }, 1));
    }
  }

  private put(line: string): void {
    if (!this.parts.sink.write(line)) this.isBlocked = true;
  }

  private recover(lost: { readonly sinceMs: number; readonly arrivals: number }): void {
    this.lost = undefined;
    this.tellLoss(lost);
    this.tellStandings();
  }

  private tellLoss({ sinceMs, arrivals }: { readonly sinceMs: number; readonly arrivals: number }): void {
    this.everybody('begin', sinceMs);
    this.everybody('end', this.parts.clock.elapsedMs(), arrivals);
  }

  private tellStandings(): void {
    for (const standing of this.parts.standings()) if (this.wants(standing.topic)) this.tell(standing);
  }

  private everybody(edge: TraceGap['edge'], atMs: number, dropped?: number): void {
    const all = { edge, topic: undefined, cause: 'link' } as const;
    for (const source of SOURCES)
      this.line({ ...all, source }, atMs, atMs, source === 'redis' ? dropped : undefined);
  }

  private tell({ sinceMs, ...standing }: Standing): void {
    const atMs = this.parts.clock.elapsedMs();
    this.line(standing, atMs, sinceMs ?? atMs);
  }

  private line(
    gap: Omit<TraceGap, 'atMs' | 'sinceMs'>,
    atMs: number,
    sinceMs: number,
    dropped?: number,
  ): void {
    const { startMs } = this;
    const text = gapLine({ ...gap, atMs: atMs - startMs, sinceMs: sinceMs - startMs }, dropped);
    this.queue.push({
      applies: () => {
        this.put(text);
      },
    });
  }
}

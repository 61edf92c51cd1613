import type { GatedSink, Gate } from './gated-sink.js';

/** how long the publisher may be silent about a uid after one of its presences was closed */
const SILENCE_MS = 45_000;
/** A message that comes so soon after the news of a close may have been under way before it. */
const UNDER_WAY_MS = 500;
/** how long a presence may take to open before that counts as silence: less than a handover waits for a first list */
const OPEN_WITHIN_MS = 3_000;

/** Who is told whether the first lists come of users who had just become present. No call may throw. */
export interface FirstListListener {
  /** how long one may take before it counts as missed, milliseconds */
  readonly withinMs: number;
  came(uid: string): void;
  /** None came in time; `sinceMs`: when the user was present, of `Clock.elapsedMs()`. */
  missed(uid: string, sinceMs: number): void;
}

type Silence =
  /** its own presence is not open */
  | { readonly by: 'itself'; readonly sinceMs: number }
  /** another presence of the uid was closed */
  | { readonly by: 'another'; readonly sinceMs: number; readonly toldAtMs: number };

/** One topic while it is read: who reads it, and whether its presence lets the publisher speak. */
export class PresentTopic implements Gate {
  readonly sinks = new Set<GatedSink>();
  private holds = 0;
  private isOpen = false;
  private heldSinceMs = 0;
  private silence: Silence | undefined;
  /** since when a first list is due; undefined where none is */
  private dueSinceMs: number | undefined;

  constructor(
    private readonly uid: string,
    readonly elapsedMs: () => number,
    private readonly firstLists: () => FirstListListener | undefined,
  ) {}

  get silentSinceMs(): number | undefined {
    return this.silence?.sinceMs;
  }

  get listens(): boolean {
    return this.silence !== undefined || this.dueSinceMs !== undefined;
  }

  /** Whether time alone may change anything. */
  get isPending(): boolean {
    if (this.holds === 0) return false;
    if (this.dueSinceMs !== undefined) return true;
    return this.silence === undefined ? !this.isOpen : this.silence.by === 'another';
  }

  /** Whether anybody reads it or holds its presence. */
  get isUsed(): boolean {
    return this.sinks.size > 0 || this.holds > 0;
  }

  held(): void {
    if (this.holds++ > 0) return;
    this.isOpen = false;
    this.heldSinceMs = this.elapsedMs();
  }

  /** Whoever holds no presence does not ask whether the publisher speaks. */
  released(): void {
    if (--this.holds > 0) return;
    this.broke();
    this.be(undefined);
  }

  opened(isFirst: boolean): void {
    this.isOpen = true;
    const isHeard = this.holds > 0 && [...this.sinks].some(({ isLinked }) => isLinked);
    const isDue = isFirst && isHeard && this.firstLists() !== undefined;
    this.dueSinceMs = isDue ? this.elapsedMs() : undefined;
    this.be(undefined);
  }

  /** Whether the first list comes is not known any more. */
  broke(): void {
    this.dueSinceMs = undefined;
  }

  lost(sinceMs: number, by: 'itself' | 'another'): void {
    if (this.holds === 0) return;
    this.broke();
    if (by === 'itself') this.isOpen = false;
    const { silence } = this;
    const since = Math.min(sinceMs, silence?.sinceMs ?? Infinity);
    if (by === 'itself') this.be({ by, sinceMs: since });
    else if (silence?.by !== 'itself') this.be({ by, sinceMs: since, toldAtMs: this.elapsedMs() });
  }

  heard(): void {
    if (this.dueSinceMs !== undefined) {
      this.dueSinceMs = undefined;
      this.firstLists()?.came(this.uid);
    }
    const { silence } = this;
    if (silence?.by === 'another' && this.elapsedMs() - silence.toldAtMs >= UNDER_WAY_MS) this.be(undefined);
  }

  /** To be called now and then while it is pending. */
  sweep(nowMs: number): void {
    const { silence, dueSinceMs } = this;
    const firstLists = this.firstLists();
    if (dueSinceMs !== undefined && firstLists !== undefined && nowMs - dueSinceMs >= firstLists.withinMs) {
      this.dueSinceMs = undefined;
      firstLists.missed(this.uid, dueSinceMs);
    }
    if (silence === undefined) {
      if (!this.isOpen && nowMs - this.heldSinceMs >= OPEN_WITHIN_MS)
        this.be({ by: 'itself', sinceMs: this.heldSinceMs });
    } else if (silence.by === 'another' && nowMs - silence.toldAtMs >= SILENCE_MS) this.be(undefined);
  }

  private be(silence: Silence | undefined): void {
    const changes = (this.silence === undefined) !== (silence === undefined);
    this.silence = silence;
    if (changes) for (const sink of [...this.sinks]) sink.gateChanged();
  }
}

import type { Cancel } from '../contracts/clock.js';
import type { Recorder } from '../contracts/recorder.js';
import { NEVER_STOPPED, prevailing, sameStop, type StopState } from '../domain/stop-state.js';
import type { StopFile } from './stop-file.js';

/** Held while the file cannot be read: what could be a stop is taken for one until the fleet's word is read. */
const IN_DOUBT: StopState = Object.freeze({
  epoch: 0,
  stopped: true,
  by: 'crossfade',
  why: 'The stop file cannot be read, and the fleet has not been asked yet.',
  atMs: 0,
});

/** What one replica has heard, in memory and, where one is given, in a file. Only ever moves to what prevails. */
export class StopLatch {
  private held = NEVER_STOPPED;
  private readonly listeners = new Set<() => void>();
  private saving: Promise<void> | undefined;
  private saved = NEVER_STOPPED;
  private fileProblem: string | undefined;

  constructor(
    private readonly file: StopFile | undefined,
    private readonly recorder: Pick<Recorder, 'failed'>,
  ) {}

  get state(): StopState {
    return this.held;
  }

  /** What is wrong with the file, with its cure. */
  get problem(): string | undefined {
    return this.fileProblem;
  }

  onChange(listener: () => void): Cancel {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes up what the file says. Never rejects. */
  async load(): Promise<void> {
    try {
      const state = await this.file?.load();
      this.saved = state ?? NEVER_STOPPED;
      if (state !== undefined) this.hear(state);
    } catch (error) {
      this.fileFailed(error);
      this.hear(IN_DOUBT);
    }
  }

  /** Holds what prevails of this and what was held. */
  hear(state: StopState): void {
    const next = prevailing(this.held, state);
    if (!sameStop(next, this.held)) this.hold(next);
  }

  /** The fleet was asked and has nothing: what nobody ever said is no longer held. */
  hearNothing(): void {
    if (this.held.epoch === 0 && this.held.stopped) this.hold(NEVER_STOPPED);
  }

  /** Resolves when the file says what is held, or has failed to. Never rejects. */
  async settled(): Promise<void> {
    while (this.saving !== undefined) await this.saving;
  }

  private hold(state: StopState): void {
    this.held = state;
    this.save();
    for (const listener of this.listeners) this.tell(listener);
  }

  /** One listener that throws keeps no other from hearing of a stop. */
  private tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.recorder.failed('kill_switch', error);
    }
  }

  private save(): void {
    if (this.file === undefined || this.held.epoch === 0) return;
    this.saving ??= this.saveAll(this.file).finally(() => (this.saving = undefined));
  }

  /** Also what comes while it is being saved; one that fails is tried again with the next change. */
  private async saveAll(file: StopFile): Promise<void> {
    try {
      while (!sameStop(this.saved, this.held)) {
        const { held } = this;
        await file.save(held);
        this.saved = held;
      }
      this.fileProblem = undefined;
    } catch (error) {
      this.fileFailed(error);
    }
  }

  private fileFailed(error: unknown): void {
    this.recorder.failed('kill_switch', error);
    const why = error instanceof Error ? error.message : String(error);
    this.fileProblem = `The stop file does not keep what holds (${why}): let this process read and write it, or remove the file.`;
  }
}

import type { LogEntry } from '../domain/decision.js';

/** The record: append-only, and by its last entry the only memory that a controller has. All calls may reject. */
export interface DecisionLog {
  /** The newest entry; undefined while there is none. */
  last(): Promise<LogEntry | undefined>;
  /**
   * Appends in one step, or not at all. `taken`: another entry has this sequence number, or the one before it
   * is missing. `fenced`: an entry with a newer token was appended before; entries without one pass.
   */
  append(entry: LogEntry): Promise<'appended' | 'taken' | 'fenced'>;
  /** Entries from a sequence number on, oldest first, at most `limit`. */
  read(fromSequence: number, limit: number): Promise<readonly LogEntry[]>;
}

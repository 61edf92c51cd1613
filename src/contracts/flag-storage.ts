/** Keeps the flags that were last fetched, so that a restart during an outage moves nobody. */
export interface FlagStorage {
  /** What was saved last, as it was saved, or undefined where there is nothing to read. May reject. */
  load(): Promise<StoredFlags | undefined>;
  /** Replaces what was saved, unless another process has saved what is newer. May reject. */
  save(stored: StoredFlags): Promise<void>;
}

export interface StoredFlags {
  /** when the server last said so, milliseconds since 1970 */
  readonly confirmedAtMs: number;
  /** in Unleash's client-features format; judged again when it is loaded */
  readonly features: unknown;
}

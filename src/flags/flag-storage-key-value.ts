import type { FlagStorage, StoredFlags } from '../contracts/flag-storage.js';
import type { KeyValue } from '../contracts/key-value.js';
import { isBelievable, readStoredFlags } from './read-stored-flags.js';

/** Keeps the flags under one key that all replicas share, for containers that lose their disk. */
export class FlagStorageKeyValue implements FlagStorage {
  constructor(
    private readonly store: KeyValue,
    private readonly key: string,
    /** `Clock.nowMs()` */
    private readonly nowMs: () => number,
  ) {}

  async load(): Promise<StoredFlags | undefined> {
    const text = await this.store.get(this.key);
    return text === null ? undefined : readStoredFlags(text);
  }

  /** Whoever was held up meanwhile must not put back what another replica has replaced. */
  async save(stored: StoredFlags): Promise<void> {
    const there = await this.load().catch(() => undefined);
    const isNewer = there !== undefined && there.confirmedAtMs > stored.confirmedAtMs;
    if (isNewer && isBelievable(there, this.nowMs())) return;
    await this.store.set(this.key, JSON.stringify(stored));
  }
}

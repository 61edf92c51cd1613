import type { FlagStorage, StoredFlags } from '../contracts/flag-storage.js';
import type { KeyValue } from '../contracts/key-value.js';
import { readStoredFlags } from './read-stored-flags.js';

/** Keeps the flags under one key, for containers that lose their disk; all replicas share it. */
export class FlagStorageKeyValue implements FlagStorage {
  constructor(
    private readonly store: KeyValue,
    private readonly key = 'crossfade:flags',
  ) {}

  async load(): Promise<StoredFlags | undefined> {
    const text = await this.store.get(this.key);
    return text === null ? undefined : readStoredFlags(text);
  }

  async save(stored: StoredFlags): Promise<void> {
    await this.store.set(this.key, JSON.stringify(stored));
  }
}

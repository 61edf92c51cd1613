/** A store of texts by key, such as Redis or Valkey; a connected ioredis client is one. Both calls may reject. */
export interface KeyValue {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
}

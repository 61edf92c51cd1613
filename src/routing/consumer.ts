import type { UserEvent } from '../domain/user-event.js';

/** Who reads a topic: as objects, or as the bytes of the envelope (UTF-8 JSON), unparsed where that is possible. */
export type Consumer = { readonly kind: 'events'; next(event: UserEvent): void } | ByteConsumer;

export interface ByteConsumer {
  readonly kind: 'bytes';
  next(bytes: Uint8Array): void;
}

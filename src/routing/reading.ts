import type { Consumer } from './consumer.js';
import type { UserStream } from './user-stream.js';

/** One reader of one topic, until it stops; as RxJS wants it, which keeps one of these for each subscriber. */
export class Reading {
  private stream: UserStream | undefined;

  constructor(
    stream: UserStream,
    private readonly consumer: Consumer,
    private readonly leave: (stream: UserStream, consumer: Consumer) => void,
  ) {
    this.stream = stream;
  }

  /** Nothing more is read; calling it again does nothing. */
  unsubscribe(): void {
    const { stream } = this;
    this.stream = undefined;
    if (stream !== undefined) this.leave(stream, this.consumer);
  }
}

import { Injectable } from '@nestjs/common';
import type { SseStream } from './sse-stream.js';

/** The streams of a process that sends everybody away at once when it ends. */
@Injectable()
export class OpenStreams {
  private readonly streams = new Set<SseStream>();

  add(stream: SseStream): void {
    this.streams.add(stream);
    stream.onEnd(() => {
      this.streams.delete(stream);
    });
  }

  endAll(): void {
    for (const stream of [...this.streams]) stream.end();
  }
}

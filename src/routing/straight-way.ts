import type { Recorder } from '../contracts/recorder.js';
import type { Source } from '../domain/source.js';
import type { ByteConsumer } from './consumer.js';
import { giveBytes } from './readers.js';

/**
 * The way of a message at which nobody has to look: its source is the only one that is open, and serves a single
 * reader who wants bytes. It does just what the stream and the outlet would do with it, from fewer places in memory.
 */
export class StraightWay {
  constructor(
    private readonly mergedAs: ReadonlyMap<string, unknown>,
    private readonly recorder: Recorder,
  ) {}

  /** Hands on a message, or says false where its type must be looked at: legacy carries it too. */
  pass(reader: ByteConsumer, source: Source, type: string, bytes: Uint8Array): boolean {
    if (this.mergedAs.has(type)) return false;
    this.recorder.received(source, type);
    giveBytes(reader, bytes, this.recorder);
    this.recorder.delivered(source, type, undefined);
    return true;
  }
}

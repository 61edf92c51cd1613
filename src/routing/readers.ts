import type { Clock } from '../contracts/clock.js';
import type { Recorder } from '../contracts/recorder.js';
import type { Source } from '../domain/source.js';
import { timestampMicros } from '../domain/timestamp.js';
import type { Envelope, UserEvent } from '../domain/user-event.js';
import type { Consumer } from './consumer.js';

/** Everybody who reads one topic; replaced, never changed in place, so that a reader may leave while it is told. */
export type Readers = readonly Consumer[];

/** What delivering needs besides the readers. */
export interface Delivering {
  readonly recorder: Recorder;
  readonly clock: Clock;
}

/** Whether nobody wants objects. */
export function wantBytes(readers: Readers): boolean {
  return readers.every(({ kind }) => kind === 'bytes');
}

/** Hands an event to everybody; `bytes` is the message as it came, where it came as bytes and the event is all of it. */
export function deliver(
  readers: Readers,
  event: UserEvent,
  bytes: Uint8Array | undefined,
  by: Delivering,
): void {
  let encoded = bytes;
  for (const reader of readers) {
    if (reader.kind === 'bytes') hand(reader, (encoded ??= encode(event.envelope)), by.recorder);
    else hand(reader, event, by.recorder);
  }
  by.recorder.delivered(event.source, event.type, ageMs(event.envelope, by.clock));
}

/** Hands on a message that nobody wants as an object. */
export function deliverBytes(
  readers: Readers,
  source: Source,
  type: string,
  bytes: Uint8Array,
  { recorder }: Delivering,
): void {
  for (const reader of readers) if (reader.kind === 'bytes') hand(reader, bytes, recorder);
  recorder.delivered(source, type, undefined);
}

/** A reader that throws hurts neither the other readers nor the source. */
function hand(reader: Consumer, what: UserEvent | Uint8Array, recorder: Recorder): void {
  try {
    (reader.next as (value: UserEvent | Uint8Array) => void)(what);
  } catch (error) {
    recorder.failed('consumer', error);
  }
}

function ageMs(envelope: Envelope, clock: Clock): number | undefined {
  const micros = timestampMicros(envelope.timestamp);
  return micros === undefined ? undefined : clock.nowMs() - micros / 1_000;
}

const ENCODER = new TextEncoder();

function encode(envelope: Envelope): Uint8Array {
  return ENCODER.encode(JSON.stringify(envelope));
}

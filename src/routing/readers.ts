import type { Clock } from '../contracts/clock.js';
import type { Recorder } from '../contracts/recorder.js';
import type { Source } from '../domain/source.js';
import { timestampMicros } from '../domain/timestamp.js';
import type { Envelope, UserEvent } from '../domain/user-event.js';
import type { ByteConsumer, Consumer } from './consumer.js';

/**
 * Everybody who reads one topic, nearly always one; replaced, never changed in place, so that a reader may leave
 * while it is told.
 */
export type Readers = Consumer | readonly Consumer[];

export const NO_READERS: Readers = Object.freeze([]);

export function withReader(readers: Readers, reader: Consumer): Readers {
  const all = allOf(readers);
  return all.length === 0 ? reader : [...all, reader];
}

export function withoutReader(readers: Readers, reader: Consumer): Readers {
  const left = allOf(readers).filter((other) => other !== reader);
  return left.length === 1 && left[0] !== undefined ? left[0] : left;
}

export function hasReaders(readers: Readers): boolean {
  return isOne(readers) || readers.length > 0;
}

/** Who reads a topic now. */
export interface Read {
  readonly readers: Readers;
}

/** What delivering needs besides the readers. */
export interface Delivering {
  readonly recorder: Recorder;
  readonly clock: Clock;
}

/** Whether nobody wants objects. */
export function wantBytes(readers: Readers): boolean {
  return isOne(readers) ? readers.kind === 'bytes' : readers.every(({ kind }) => kind === 'bytes');
}

/** The only reader, if that one wants bytes. */
export function onlyByteReader(readers: Readers): ByteConsumer | undefined {
  return isOne(readers) && readers.kind === 'bytes' ? readers : undefined;
}

/**
 * Hands an event to everybody; `bytes` is the message as it came, where it came as bytes and the event is all
 * of it.
 */
export function deliver(read: Read, event: UserEvent, bytes: Uint8Array | undefined, by: Delivering): void {
  const told = read.readers;
  if (isOne(told)) give(told, event, bytes, by.recorder);
  else if (told.length === 0) return;
  else {
    let encoded = bytes;
    for (const reader of told)
      if (stillReads(reader, told, read.readers)) encoded = give(reader, event, encoded, by.recorder);
  }
  by.recorder.delivered(event.source, event.type, ageMs(event.envelope, by.clock));
}

/** Returns the event's bytes, where they are known. */
function give(
  reader: Consumer,
  event: UserEvent,
  bytes: Uint8Array | undefined,
  recorder: Recorder,
): Uint8Array | undefined {
  let encoded = bytes;
  try {
    // A legacy item can hold what JSON cannot say: that is the failure of whoever reads bytes.
    if (reader.kind === 'bytes') reader.next((encoded ??= encode(event.envelope)));
    else reader.next(event);
  } catch (error) {
    recorder.failed('consumer', error);
  }
  return encoded;
}

/** Hands on a message that nobody wants as an object. */
export function deliverBytes(
  read: Read,
  source: Source,
  type: string,
  bytes: Uint8Array,
  { recorder }: Delivering,
): void {
  const told = read.readers;
  for (const reader of allOf(told))
    if (reader.kind === 'bytes' && stillReads(reader, told, read.readers)) giveBytes(reader, bytes, recorder);
  recorder.delivered(source, type, undefined);
}

/** A reader that throws harms nobody but itself. */
export function giveBytes(reader: ByteConsumer, bytes: Uint8Array, recorder: Recorder): void {
  try {
    reader.next(bytes);
  } catch (error) {
    recorder.failed('consumer', error);
  }
}

/** A reader may stop another one while both are being told. */
function stillReads(reader: Consumer, told: Readers, current: Readers): boolean {
  return told === current || allOf(current).includes(reader);
}

function ageMs(envelope: Envelope, clock: Clock): number | undefined {
  const micros = timestampMicros(envelope.timestamp);
  return micros === undefined ? undefined : clock.nowMs() - micros / 1_000;
}

const ENCODER = new TextEncoder();

function encode(envelope: Envelope): Uint8Array {
  return ENCODER.encode(JSON.stringify(envelope));
}

/** Whether there is one reader, and no list of them. */
function isOne(readers: Readers): readers is Consumer {
  return !Array.isArray(readers);
}

function allOf(readers: Readers): readonly Consumer[] {
  return isOne(readers) ? [readers] : readers;
}

import type { Source } from './source.js';

/** A JSON object as it came over the wire; what is inside is the publisher's. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What one message says: the publisher's envelope, whole, unknown keys included. */
export interface Envelope {
  readonly type: string;
  readonly uid: string;
  /** the publisher's clock, ISO 8601 with or without a zone; not every type carries one */
  readonly timestamp?: unknown;
  readonly payload?: unknown;
  /** workflow events carry it beside the payload */
  readonly job_id?: unknown;
  readonly [key: string]: unknown;
}

/**
 * One event for one user, from one source. All readers and the comparison share it: whoever wants to change what is
 * inside changes a copy.
 */
export class UserEvent {
  constructor(
    readonly envelope: Envelope,
    readonly source: Source,
    /** arrival in this process, milliseconds of `Clock.elapsedMs()` (monotonic, not the time of day) */
    readonly arrivedAtMs: number,
  ) {}

  get type(): string {
    return this.envelope.type;
  }

  get uid(): string {
    return this.envelope.uid;
  }

  /** The payload as an object; an empty one where the publisher sent something else. */
  get payload(): JsonObject {
    const { payload } = this.envelope;
    return isJsonObject(payload) ? payload : EMPTY;
  }
}

const EMPTY: JsonObject = Object.freeze({});

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
